import { expect } from 'vitest';
import { acceptanceCase, arrayName, aSnapshot, aVolume, connector, gib, runCases } from './harness.ts';
import type { LevelName } from './levels.ts';

const other = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';

/**
 * Requests of one report: all in parallel, whatever the number of volumes. Below REST 1.7 lists are all there is; from then
 * on REST 1 counts, and lists the volumes besides for the sum of their sizes.
 */
const requestsOfAReport: Readonly<Record<LevelName, number>> = {
  '1.2': 6,
  '1.5': 6,
  '1.19': 7,
  '2.4': 6,
  '2.26': 6,
  newest: 6,
};

/** The report of an array without anything. */
const nothing = {
  volume_backend_name: 'puredriver-1',
  vendor_name: 'Pure Storage',
  driver_version: '22.0.iscsi',
  storage_protocol: 'iSCSI',
  total_capacity_gb: 1024,
  free_capacity_gb: 1024,
  provisioned_capacity_gb: 0,
  provisioned_capacity: 0,
  reserved_percentage: 0,
  // Nothing is written and nothing promised: the array says one to one.
  max_over_subscription_ratio: 1,
  thin_provisioning_support: true,
  thick_provisioning_support: false,
  online_extend_support: true,
  consistencygroup_support: true,
  consistent_group_snapshot_enabled: true,
  consistent_group_replication_enabled: false,
  multiattach: true,
  filter_function: null,
  goodness_function: null,
  total_volumes: 0,
  total_snapshots: 0,
  total_hosts: 0,
  total_pgroups: 0,
  reads_per_sec: 0,
  writes_per_sec: 0,
  input_per_sec: 0,
  output_per_sec: 0,
  usec_per_read_op: 0,
  usec_per_write_op: 0,
  queue_depth: 0,
  queue_usec_per_read_op: 0,
  queue_usec_per_write_op: 0,
  queue_usec_per_mirrored_write_op: 0,
  replication_enabled: false,
  replication_type: [],
  replication_count: 0,
  replication_targets: [],
  replication_capability: null,
};

acceptanceCase(
  59,
  'the report has every key, for an empty, a used and an Evergreen//One array',
  async ({ control, openDriver, level }) => {
    await control.admin(arrayName, { kind: 'setCapacity', bytes: 1024 * gib });
    const driver = await openDriver({ maxOverSubscriptionRatio: 17 });
    const empty = { ...nothing, QoS_support: level.name !== '1.2' && level.name !== '1.5' };
    expect(await driver.statistics.read({ refresh: true })).toEqual(empty);
    const volume = aVolume(100);
    await driver.volumes.create(volume);
    await driver.volumes.create(
      aVolume(28, { id: other, nameId: other, providerId: `volume-${other}-cinder` }),
    );
    await driver.volumes.delete(
      aVolume(28, { id: other, nameId: other, providerId: `volume-${other}-cinder` }),
    );
    await driver.snapshots.create(aSnapshot(100));
    await driver.connections.connect(volume, connector());
    await control.admin(arrayName, { kind: 'createProtectionGroup', name: 'pg' });
    await control.writeVolume(arrayName, volume.providerId ?? '', 0, new Uint8Array(8 * 2 ** 20).fill(7));
    await control.admin(arrayName, {
      kind: 'setPerformanceSamples',
      samples: [
        {
          time: Date.parse((await control.clock()).now),
          readsPerSec: 11,
          writesPerSec: 12,
          readBytesPerSec: 13,
          writeBytesPerSec: 14,
          usecPerReadOp: 15,
          usecPerWriteOp: 16,
          queueDepth: 17,
          queueUsecPerReadOp: 18,
          queueUsecPerWriteOp: 19,
          queueUsecPerMirroredWriteOp: 20,
        },
      ],
    });
    const used = {
      ...empty,
      // 8 MiB are written; destroyed volumes count until they are eradicated.
      free_capacity_gb: 1024 - 8 / 1024,
      provisioned_capacity_gb: 128,
      provisioned_capacity: 128,
      // 16,384 to one is no reduction to go by: the option stands.
      max_over_subscription_ratio: 17,
      total_volumes: 2,
      total_snapshots: 1,
      total_hosts: 1,
      total_pgroups: 1,
      reads_per_sec: 11,
      writes_per_sec: 12,
      output_per_sec: 13,
      input_per_sec: 14,
      usec_per_read_op: 15,
      usec_per_write_op: 16,
      queue_depth: 17,
      // They come with REST 1.16.
      ...(level.name === '1.2' || level.name === '1.5'
        ? {}
        : {
            queue_usec_per_read_op: 18,
            queue_usec_per_write_op: 19,
            queue_usec_per_mirrored_write_op: 20,
          }),
    };
    expect(await driver.statistics.read({ refresh: true })).toEqual(used);
    await control.admin(arrayName, { kind: 'setEvergreenOne', enabled: true });
    expect(await driver.statistics.read({ refresh: true })).toEqual(used);
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
  expect(full).toHaveLength(empty);
  expect(full).toHaveLength(requestsOfAReport[level.name]);
  if (level.generation === 'rest2') {
    const listings = full.filter(({ path, query }) => path === 'volumes' && query.limit !== '0');
    expect(listings).toEqual([]);
  }
});

runCases();
