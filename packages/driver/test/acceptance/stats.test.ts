import { expect } from 'vitest';
import { acceptanceCase, arrayName, aVolume, gib, runCases } from './harness.ts';

/** Requests of one report: all in parallel, whatever the number of volumes. Below REST 1.7 lists are all there is. */
const requestsOfAReport = { '1.2': 6, '1.5': 6 } as const;

acceptanceCase(
  59,
  'the report has every key, for an empty, a used and an Evergreen//One array',
  async ({ control, openDriver, level }) => {
    await control.admin(arrayName, { kind: 'setCapacity', bytes: 1024 * gib });
    const driver = await openDriver({ maxOverSubscriptionRatio: 17 });
    const empty = await driver.statistics.read({ refresh: true });
    expect(empty).toMatchObject({
      volume_backend_name: 'puredriver-1',
      vendor_name: 'Pure Storage',
      driver_version: '22.0.iscsi',
      storage_protocol: 'iSCSI',
      total_capacity_gb: 1024,
      free_capacity_gb: 1024,
      provisioned_capacity_gb: 0,
      provisioned_capacity: 0,
      reserved_percentage: 0,
      thin_provisioning_support: true,
      multiattach: true,
      filter_function: null,
      goodness_function: null,
      total_volumes: 0,
      total_snapshots: 0,
      total_hosts: 0,
      replication_enabled: false,
      replication_type: [],
      replication_count: 0,
      replication_targets: [],
      replication_capability: null,
    });
    await driver.volumes.create(aVolume(100));
    await control.writeVolume(
      arrayName,
      aVolume(100).providerId ?? '',
      0,
      new Uint8Array(8 * 2 ** 20).fill(7),
    );
    const used = await driver.statistics.read({ refresh: true });
    expect(used).toMatchObject({ provisioned_capacity_gb: 100, provisioned_capacity: 100, total_volumes: 1 });
    expect(used.free_capacity_gb).toBeLessThan(1024);
    await control.admin(arrayName, { kind: 'setEvergreenOne', enabled: true });
    const subscribed = await driver.statistics.read({ refresh: true });
    if (level.generation === 'rest2') {
      expect(subscribed.max_over_subscription_ratio).toBe(17);
    }
    expect(subscribed.total_capacity_gb).toBe(1024);
  },
);

acceptanceCase(
  60,
  'without a performance sample zeros are reported, with a warning',
  async ({ control, level, log, openDriver }) => {
    await control.admin(arrayName, { kind: 'setPerformanceSamples', samples: [] });
    const driver = await openDriver();
    const zeros = { reads_per_sec: 0, writes_per_sec: 0, usec_per_read_op: 0, queue_depth: 0 };
    const warnings = () =>
      log.lines.filter((line) => line.startsWith('warn') && line.includes('performance'));
    expect(await driver.statistics.read({ refresh: true })).toMatchObject(zeros);
    expect(warnings()).toHaveLength(1);
    await control.addFault(arrayName, {
      kind: 'status',
      status: 400,
      message: 'No performance today.',
      match:
        level.generation === 'rest2'
          ? { path: 'arrays/performance' }
          : { path: 'array', query: { action: 'monitor' } },
    });
    expect(await driver.statistics.read({ refresh: true })).toMatchObject(zeros);
    expect(warnings()).toHaveLength(2);
    expect(warnings()[1]).toContain('No performance today.');
  },
);

acceptanceCase(
  61,
  'an array that is down makes the report fail and leaves the last one',
  async ({ control, openDriver }) => {
    const driver = await openDriver();
    const before = await driver.statistics.read({ refresh: true });
    await control.setArrayDown(arrayName, true);
    try {
      await expect(driver.statistics.read({ refresh: true })).rejects.toMatchObject({
        arrayCode: 'unreachable',
      });
      await expect(driver.statistics.read({ refresh: false })).resolves.toBe(before);
    } finally {
      await control.setArrayDown(arrayName, false);
    }
  },
);

acceptanceCase(62, '50,000 volumes cost as many requests as none', async ({ control, openDriver, level }) => {
  const driver = await openDriver();
  await driver.statistics.read({ refresh: true });
  const empty = (await control.requests(arrayName)).length;
  await control.admin(arrayName, { kind: 'seedVolumes', count: 50_000, prefix: 'bulk-', size: gib });
  await control.clearRequests(arrayName);
  const stats = await driver.statistics.read({ refresh: true });
  const full = await control.requests(arrayName);
  expect(stats.total_volumes).toBe(50_000);
  if (level.generation === 'rest2') {
    expect(full).toHaveLength(empty);
    expect(full.length).toBeLessThanOrEqual(6);
    const listings = full.filter(({ path, query }) => path === 'volumes' && query.limit !== '0');
    expect(listings).toEqual([]);
  }
  if (level.name === '1.2' || level.name === '1.5') {
    expect(full).toHaveLength(requestsOfAReport[level.name]);
  }
});

runCases();
