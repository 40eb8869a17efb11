import { expect } from 'vitest';
import {
  acceptanceCase,
  arrayName,
  aVolume,
  aVolumeType,
  type CaseContext,
  gib,
  runCases,
  volumeName,
} from './harness.ts';
import { replicatedTo, replicatedType, steppingClock, target } from './replication-site.ts';

const group = 'cinder-group';
const asynchronous = replicatedType('async');
const second = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
const third = '3c9d0a7e-41aa-4f0c-9f0d-5ddc2c1d0c3d';
const nameOf = (id: string): string => `volume-${id}-cinder`;
const volumes = [undefined, second, third].map((id) =>
  aVolume(1, {
    type: asynchronous,
    metadata: { array_name: arrayName },
    ...(id === undefined ? {} : { id, providerId: nameOf(id) }),
  }),
);

/** Volumes and volume groups have no limits there. */
const withoutLimits = ['1.5'] as const;

/** A driver on fa1 that replicates to fa2 and fa3. */
async function openPair(context: CaseContext, targets: readonly string[] = ['fa2', 'fa3']) {
  return await context.openDriver(replicatedTo(targets.map((name) => target(context, name))), {
    clock: steppingClock(context.control),
  });
}

async function text(context: CaseContext, array: string, volume: string): Promise<string> {
  const bytes = await context.control.readVolume(array, volume, 0, 8);
  return new TextDecoder().decode(bytes).replaceAll('\0', '');
}

async function write(context: CaseContext, array: string, volume: string, words: string): Promise<void> {
  await context.control.writeVolume(array, volume, 0, new TextEncoder().encode(words));
}

/** Writing requests that an array has got. */
async function changes(context: CaseContext, array: string): Promise<readonly string[]> {
  return (await context.control.requests(array))
    .filter(({ method, path }) => method !== 'GET' && !/login|logout|session/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
}

acceptanceCase(63, 'the first start wires the group, the second one changes nothing', async (context) => {
  const { control } = context;
  await control.setReplication({ propagationMs: 7_000 });
  const driver = await openPair(context);
  const state = await context.state();
  expect(state.protectionGroups).toMatchObject([
    {
      name: group,
      targets: [
        { array: 'fa2', allowed: true },
        { array: 'fa3', allowed: true },
      ],
      replicationSchedule: { enabled: true, frequency: 3_600_000 },
      targetRetention: { allForSec: 14_400, perDay: 3, days: 7 },
    },
  ]);
  await driver.close();
  await Promise.all([arrayName, 'fa2', 'fa3'].map((name) => control.clearRequests(name)));
  const again = context.newDriver(replicatedTo(['fa2', 'fa3'].map((name) => target(context, name))), {
    clock: steppingClock(control),
  });
  await again.open();
  for (const name of [arrayName, 'fa2', 'fa3']) {
    expect(await changes(context, name)).toEqual([]);
  }
});

acceptanceCase(64, 'a target that never shows the group ends the start with its name', async (context) => {
  await context.control.setReplication({ propagationMs: 86_400_000 });
  const driver = context.newDriver(replicatedTo([target(context, 'fa2')]), {
    clock: steppingClock(context.control),
  });
  const before = Date.parse((await context.control.clock()).now);
  await expect(driver.open()).rejects.toMatchObject({
    code: 'not-initialized',
    message: expect.stringMatching(/fa1:cinder-group.*fa2/),
  });
  const waited = Date.parse((await context.control.clock()).now) - before;
  expect(waited).toBeGreaterThanOrEqual(180_000);
  expect(waited).toBeLessThan(200_000);
});

acceptanceCase(66, 'with the primary lost the driver starts on the target', async (context) => {
  const first = await openPair(context);
  await first.volumes.create(volumes[0] ?? aVolume(1));
  await context.control.admin(arrayName, { kind: 'replicateNow', group });
  await first.failoverHost(volumes.slice(0, 1), 'fa2');
  await first.close();
  await context.control.setArrayDown(arrayName, true);
  try {
    const driver = context.newDriver(replicatedTo(['fa2', 'fa3'].map((name) => target(context, name))), {
      clock: steppingClock(context.control),
      activeBackendId: 'fa2',
    });
    await expect(driver.open()).resolves.toBeUndefined();
    await driver.checkForSetupError();
    expect(await driver.statistics.read({ refresh: true })).toMatchObject({ total_volumes: 1 });
    await driver.volumes.create(aVolume(2, { id: second, providerId: nameOf(second) }));
    const onTarget = await context.control.state('fa2');
    expect(onTarget.volumes.map(({ name }) => name)).toContain(nameOf(second));
  } finally {
    await context.control.setArrayDown(arrayName, false);
  }
});

acceptanceCase(66, 'an active back end that nobody knows is refused', async (context) => {
  const driver = context.newDriver(replicatedTo([target(context, 'fa2')]), { activeBackendId: 'fa9' });
  await expect(driver.open()).rejects.toMatchObject({
    code: 'not-initialized',
    message: expect.stringContaining('fa9'),
  });
});

acceptanceCase(14, 'a volume that cannot join the group is destroyed, not eradicated', async (context) => {
  const driver = await openPair(context);
  const isRest1 = context.level.generation === 'rest1';
  await context.control.addFault(arrayName, {
    kind: 'status',
    status: 400,
    message: 'Protection group is locked.',
    times: null,
    match: isRest1
      ? { method: 'PUT', path: `pgroup/${group}` }
      : { method: 'POST', path: 'protection-groups/volumes' },
  });
  await expect(driver.volumes.create(volumes[0] ?? aVolume(1))).rejects.toMatchObject({
    message: expect.stringContaining('Protection group is locked.'),
  });
  expect((await context.state()).volumes).toMatchObject([{ name: volumeName, destroyed: true }]);
  await context.control.clearFaults(arrayName);
});

acceptanceCase(14, 'a volume that joined is enabled', async (context) => {
  const driver = await openPair(context);
  expect(await driver.volumes.create(volumes[0] ?? aVolume(1))).toMatchObject({
    replicationStatus: 'enabled',
  });
  expect((await context.state()).protectionGroups).toMatchObject([{ name: group, volumes: [volumeName] }]);
});

acceptanceCase(69, 'the older complete copy is used when the newest one has not arrived', async (context) => {
  const { control } = context;
  const driver = await openPair(context);
  for (const volume of volumes.slice(0, 2)) {
    await driver.volumes.create(volume);
    await write(context, arrayName, volume.providerId ?? '', 'old');
  }
  await control.admin(arrayName, { kind: 'replicateNow', group });
  await driver.volumes.create(volumes[2] ?? aVolume(1));
  await write(context, arrayName, volumeName, 'new');
  await control.setReplication({ transferMs: 3_600_000 });
  await control.admin(arrayName, { kind: 'replicateNow', group });
  await control.advance(1_000);
  expect(await driver.failoverHost(volumes, null)).toEqual({
    activeBackendId: 'fa2',
    volumes: [
      { id: volumes[0]?.id, kind: 'restored' },
      { id: second, kind: 'restored' },
      { id: third, kind: 'error', reason: expect.stringContaining(nameOf(third)) },
    ],
  });
  expect(await text(context, 'fa2', volumeName)).toBe('old');
  expect(await text(context, 'fa2', nameOf(second))).toBe('old');
  // Work is done on the target from now on.
  await driver.volumes.delete(volumes[1] ?? aVolume(1));
  const onTarget = await control.state('fa2');
  expect(onTarget.volumes.find(({ name }) => name === nameOf(second))).toMatchObject({ destroyed: true });
  expect((await context.state()).volumes.every(({ destroyed }) => !destroyed)).toBe(true);
});

acceptanceCase(70, 'one volume that the target refuses keeps none of the others', async (context) => {
  const { control } = context;
  const driver = await openPair(context);
  for (const volume of volumes) {
    await driver.volumes.create(volume);
  }
  await control.admin(arrayName, { kind: 'replicateNow', group });
  const isRest1 = context.level.generation === 'rest1';
  await control.addFault('fa2', {
    kind: 'status',
    status: 400,
    message: 'Volume limit reached.',
    times: null,
    match: isRest1
      ? { method: 'POST', path: `volume/${nameOf(second)}` }
      : { method: 'POST', path: 'volumes', query: { names: nameOf(second) } },
  });
  const result = await driver.failoverHost(volumes, 'fa2');
  expect(result.volumes.map(({ kind }) => kind)).toEqual(['restored', 'error', 'restored']);
  expect(result.volumes[1]).toMatchObject({ reason: expect.stringContaining('Volume limit reached.') });
  await control.clearFaults('fa2');
});

acceptanceCase(
  70,
  'every volume gets the limits of its own type',
  async (context) => {
    const { control } = context;
    const driver = await openPair(context, ['fa2']);
    const limited = volumes.map((volume, index) => ({
      ...volume,
      type: {
        ...asynchronous,
        qos: { consumer: 'back-end', specs: { maxIOPS: String(1_000 + index) } } as const,
      },
    }));
    for (const volume of limited) {
      await driver.volumes.create(volume);
    }
    await control.admin(arrayName, { kind: 'replicateNow', group });
    await driver.failoverHost(limited, 'fa2');
    const onTarget = (await control.state('fa2')).volumes;
    for (const [index, { providerId }] of limited.entries()) {
      expect(onTarget.find(({ name }) => name === providerId)).toMatchObject({
        qos: { iopsLimit: 1_000 + index },
      });
    }
  },
  { without: withoutLimits },
);

acceptanceCase(
  70,
  'every volume group gets the limits of the type of its own volume',
  async (context) => {
    const { control } = context;
    const driver = await openPair(context, ['fa2']);
    const grouped = volumes.map((volume, index) => ({
      ...volume,
      providerId: `tier${index}/${volume.providerId}`,
      type: {
        ...asynchronous,
        name: `tier${index}`,
        extraSpecs: {
          ...asynchronous.extraSpecs,
          'flasharray:vg_name': `tier${index}`,
          'flasharray:vg_maxIOPS': String(1_000 + index),
        },
      },
    }));
    for (const volume of grouped) {
      await driver.volumes.create(volume);
    }
    await control.admin(arrayName, { kind: 'replicateNow', group });
    await driver.failoverHost(grouped, 'fa2');
    const { volumeGroups } = await control.state('fa2');
    expect(volumeGroups.map(({ name, qos }) => [name, qos.iopsLimit])).toEqual(
      grouped.map((_volume, index) => [`tier${index}`, 1_000 + index]),
    );
  },
  { without: withoutLimits },
);

acceptanceCase(
  71,
  'a target whose default protection covers everything takes copies and overwrites',
  async (context) => {
    const { control } = context;
    const driver = await openPair(context, ['fa2']);
    await driver.volumes.create(volumes[0] ?? aVolume(1));
    await driver.volumes.create(volumes[1] ?? aVolume(1));
    await write(context, arrayName, volumeName, 'data');
    await control.admin(arrayName, { kind: 'replicateNow', group });
    await control.admin('fa2', { kind: 'setDefaultProtection', protectionGroups: ['safe'] });
    // One of the names is taken by an earlier failover.
    await control.admin('fa2', { kind: 'createVolume', name: volumeName, size: gib });
    const result = await driver.failoverHost(volumes.slice(0, 2), 'fa2');
    expect(result.volumes.map(({ kind }) => kind)).toEqual(['restored', 'restored']);
    expect(await text(context, 'fa2', volumeName)).toBe('data');
  },
);

acceptanceCase(72, 'targets that cannot be are refused, and nothing changes', async (context) => {
  const driver = await openPair(context);
  await driver.volumes.create(volumes[0] ?? aVolume(1));
  for (const [id, words] of [
    ['default', /Unable to failback to "default"/],
    ['puredriver-1', /Secondary id can not be the same as primary array/],
    ['nobody', /Unable to determine secondary_array from supplied secondary.*fa2, fa3/],
  ] as const) {
    await expect(driver.failoverHost(volumes, id)).rejects.toMatchObject({
      code: 'invalid-replication-target',
      message: expect.stringMatching(words),
    });
  }
  await driver.volumes.extend(volumes[0] ?? aVolume(1), volumes[0]?.size ?? aVolume(1).size);
  expect((await context.control.state('fa2')).volumes).toEqual([]);
});

acceptanceCase(73, 'a target without a copy is refused, and nothing changes', async (context) => {
  await context.control.setReplication({ transferMs: 86_400_000 });
  const driver = await openPair(context);
  await driver.volumes.create(volumes[0] ?? aVolume(1));
  await expect(driver.failoverHost(volumes.slice(0, 1), 'fa2')).rejects.toMatchObject({
    code: 'driver',
    message: expect.stringContaining(
      'Unable to find viable pg snapshot to use for failover on selected secondary array',
    ),
  });
  await driver.volumes.delete(volumes[0] ?? aVolume(1));
  expect((await context.state()).volumes).toMatchObject([{ destroyed: true }]);
});

acceptanceCase(76, 'the second message of a completed failover changes nothing', async (context) => {
  const driver = await openPair(context);
  await driver.volumes.create(volumes[0] ?? aVolume(1));
  await context.control.admin(arrayName, { kind: 'replicateNow', group });
  const { activeBackendId } = await driver.failover(volumes.slice(0, 1), null);
  await driver.failoverCompleted(activeBackendId);
  await context.control.clearRequests('fa2');
  await driver.failoverCompleted(activeBackendId);
  expect(await context.control.requests('fa2')).toEqual([]);
  expect(await driver.statistics.read({ refresh: true })).toMatchObject({ replication_enabled: false });
  await driver.failoverCompleted('default');
  expect(await driver.statistics.read({ refresh: true })).toMatchObject({
    replication_enabled: true,
    replication_type: ['async'],
    replication_count: 2,
    replication_targets: ['fa2', 'fa3'],
    replication_capability: 'async',
  });
  await expect(driver.failoverCompleted('nobody')).rejects.toMatchObject({
    code: 'invalid-replication-target',
  });
});

acceptanceCase(
  13,
  'a sync type on a back end that only replicates asynchronously is refused',
  async (context) => {
    const driver = await context.openDriver(replicatedTo([target(context, 'fa2')]), {
      clock: steppingClock(context.control),
    });
    for (const kind of ['sync', 'trisync'] as const) {
      await expect(driver.volumes.create(aVolume(1, { type: replicatedType(kind) }))).rejects.toMatchObject({
        code: 'invalid-volume-type',
        nothingMade: true,
      });
    }
    expect((await context.state()).volumes).toEqual([]);
  },
);

const replicatedGroup = {
  id: second,
  typeSpecs: {
    consistent_group_snapshot_enabled: '<is> True',
    consistent_group_replication_enabled: '<is> True',
  },
  volumeTypes: [replicatedType('async')],
};

acceptanceCase(94, 'a replicated group is allowed on every target before it is enabled', async (context) => {
  const { control } = context;
  const driver = await context.openDriver(replicatedTo([target(context, 'fa2'), target(context, 'fa3')]), {
    clock: steppingClock(control),
  });
  await control.setReplication({ propagationMs: 7_000 });
  await driver.groups.create(replicatedGroup);
  const made = (await context.state()).protectionGroups.find(({ name }) => name.includes(second));
  expect(made).toMatchObject({
    targets: [
      { array: 'fa2', allowed: true },
      { array: 'fa3', allowed: true },
    ],
    replicationSchedule: { enabled: true },
  });
  await expect(
    driver.groups.create({ ...replicatedGroup, volumeTypes: [replicatedType('async'), aVolumeType()] }),
  ).rejects.toMatchObject({ code: 'invalid-volume-type' });
  const plain = await context.openDriver();
  await expect(plain.groups.create(replicatedGroup)).rejects.toMatchObject({
    message: 'Replication not properly configured on backend.',
  });
});

acceptanceCase(94, 'a target that is added is waited for beside one that is allowed', async (context) => {
  const { control } = context;
  await control.setReplication({ propagationMs: 7_000 });
  const one = await openPair(context, ['fa2']);
  await one.groups.create(replicatedGroup);
  const both = await openPair(context, ['fa2', 'fa3']);
  await both.groups.create(replicatedGroup);
  const made = (await context.state()).protectionGroups.find(({ name }) => name.includes(second));
  expect(made?.targets).toEqual([
    { array: 'fa2', allowed: true },
    { array: 'fa3', allowed: true },
  ]);
});

acceptanceCase(
  94,
  'a second target that never shows the group ends the creation with its name',
  async (context) => {
    const { control } = context;
    const driver = await openPair(context, ['fa2', 'fa3']);
    await control.setReplicationLink(arrayName, 'fa3', 'down');
    await expect(driver.groups.create(replicatedGroup)).rejects.toMatchObject({
      message: expect.stringMatching(/appear on array fa3/),
    });
    const made = (await context.state()).protectionGroups.find(({ name }) => name.includes(second));
    expect(made).toMatchObject({ replicationSchedule: { enabled: false } });
  },
);

runCases({
  others: ['fa2', 'fa3'],
  connections: [
    { from: arrayName, to: 'fa2' },
    { from: arrayName, to: 'fa3' },
  ],
});
