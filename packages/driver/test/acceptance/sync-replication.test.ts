import { gibibytes } from '@cinder-flasharray/common';
import { expect } from 'vitest';
import type { FlashArrayDriver } from '../../src/backend/flash-array-driver.ts';
import type { DriverVolume, MissedArray } from '../../src/contract/records.ts';
import {
  acceptanceCase,
  arrayName,
  aVolume,
  aVolumeType,
  type CaseContext,
  connector,
  gib,
  hostName,
  iscsiData,
  runCases,
  volumeName,
} from './harness.ts';
import { replicatedTo, replicatedType, steppingClock, target } from './replication-site.ts';

const pod = 'cinder-pod';
const inPod = `${pod}::${volumeName}`;
const ghost = `cinder-ghost-pod-${aVolume(1).id}`;
const second = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
const synchronous = replicatedType('sync');
const waits = [5_000];

function syncVolume(overrides: Partial<DriverVolume> = {}): DriverVolume {
  return aVolume(1, {
    type: synchronous,
    providerId: inPod,
    metadata: { array_name: arrayName },
    ...overrides,
  });
}

/** Work on fa1, whose pod is stretched to fa2. */
async function openSync(context: CaseContext, uniform = false): Promise<FlashArrayDriver> {
  return await context.openDriver(replicatedTo([target(context, 'fa2', 'sync', uniform)]), {
    clock: steppingClock(context.control, waits),
  });
}

/** Three sites: the pod on fa1 and fa2, its group replicated to fa3. */
async function openTrisync(context: CaseContext): Promise<FlashArrayDriver> {
  return await context.openDriver(
    replicatedTo([target(context, 'fa2', 'sync'), target(context, 'fa3', 'async')], {
      trisyncGroup: 'cinder-trisync',
    }),
    { clock: steppingClock(context.control, waits) },
  );
}

async function names(context: CaseContext, array = arrayName): Promise<readonly string[]> {
  const { volumes } = await context.control.state(array);
  return volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name);
}

async function pods(context: CaseContext): Promise<readonly string[]> {
  return (await context.state()).pods.filter(({ destroyed }) => !destroyed).map(({ name }) => name);
}

async function groupsOf(context: CaseContext, volume: string): Promise<readonly string[]> {
  const { protectionGroups } = await context.state();
  return protectionGroups.filter(({ volumes }) => volumes.includes(volume)).map(({ name }) => name);
}

acceptanceCase(
  57,
  'a volume that hosts reach through both arrays has the paths and the LUN of each',
  async (context) => {
    const driver = await openSync(context, true);
    const created = await driver.volumes.create(syncVolume());
    expect(created).toMatchObject({ providerId: inPod, replicationStatus: 'enabled' });
    // The LUNs of the two arrays differ.
    await context.control.admin('fa2', { kind: 'createVolume', name: 'other', size: gib });
    await context.control.admin('fa2', {
      kind: 'createHost',
      name: hostName,
      iqns: ['iqn.1994-05.com.redhat:compute1'],
    });
    await context.control.admin('fa2', { kind: 'connectVolumeToHost', volume: 'other', host: hostName });
    const data = iscsiData(await driver.connections.connect(syncVolume(), connector()));
    expect(data.target_luns).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    expect(data.target_portals).toHaveLength(8);
    const iqns = [...new Set(data.target_iqns)];
    expect(iqns).toHaveLength(2);
    expect(data.target_iqns.slice(0, 4)).toEqual(Array(4).fill(iqns[0]));
    await driver.connections.disconnect(syncVolume(), connector());
    for (const array of [arrayName, 'fa2']) {
      const { connections } = await context.control.state(array);
      expect(connections.filter(({ volume }) => volume === inPod)).toEqual([]);
    }
    expect((await context.state()).hosts).toEqual([]);
  },
);

acceptanceCase(
  58,
  'with the other array away, attach and detach go on, and leftovers end later',
  async (context) => {
    const { control } = context;
    const driver = await openSync(context, true);
    await driver.volumes.create(syncVolume());
    await driver.connections.connect(syncVolume(), connector());
    await control.setArrayDown('fa2', true);
    const missed: MissedArray[] = [];
    try {
      const other = { host: 'computenode2', initiator: 'iqn.1994-05.com.redhat:compute2' };
      const data = iscsiData(await driver.connections.connect(syncVolume(), other));
      expect(data.target_luns).toEqual([1, 1, 1, 1]);
      await driver.connections.disconnect(syncVolume(), other);
      await driver.connections.disconnect(syncVolume(), connector(), (disconnect) => missed.push(disconnect));
      expect((await context.state()).connections).toEqual([]);
    } finally {
      await control.setArrayDown('fa2', false);
    }
    expect(missed).toEqual([{ backendId: 'fa2', volumeName: inPod, isTarget: false }]);
    await control.advance(1_000);
    const left = async () =>
      (await control.state('fa2')).connections.filter(({ volume }) => volume === inPod);
    expect(await left()).toHaveLength(1);
    for (const disconnect of missed) {
      await driver.connections.makeUpDisconnect(disconnect, connector());
    }
    expect(await left()).toEqual([]);
  },
);

acceptanceCase(
  65,
  'a pod that is stretched to somebody else’s array is refused with both names',
  async (context) => {
    await context.control.admin(arrayName, { kind: 'createPod', name: pod });
    await context.control.admin(arrayName, { kind: 'stretchPod', pod, array: 'fa4' });
    const driver = context.newDriver(replicatedTo([target(context, 'fa2', 'sync')]), {
      clock: steppingClock(context.control),
    });
    await expect(driver.open()).rejects.toMatchObject({
      code: 'not-initialized',
      message: expect.stringMatching(/cinder-pod.*fa4.*fa2/),
    });
  },
);

acceptanceCase(74, 'the first target whose side of the pod is online is chosen', async (context) => {
  const driver = await openSync(context);
  await driver.volumes.create(syncVolume());
  await driver.volumes.create(aVolume(1, { id: second, providerId: `volume-${second}-cinder` }));
  expect(
    await driver.failoverHost(
      [syncVolume(), aVolume(1, { id: second, providerId: `volume-${second}-cinder` })],
      null,
    ),
  ).toMatchObject({
    activeBackendId: 'fa2',
    volumes: [{ kind: 'failed-over' }, { kind: 'error', reason: expect.stringContaining(second) }],
  });
  await driver.volumes.extend(syncVolume(), gibibytes(2));
  const onTarget = await context.control.state('fa2');
  expect(onTarget.volumes.find(({ name }) => name === inPod)).toMatchObject({ size: 2 * gib });
});

for (const order of [
  ['fa2', 'fa4'],
  ['fa4', 'fa2'],
]) {
  acceptanceCase(74, `fa2 is chosen with fa4 away, of ${order.join(' and ')}`, async (context) => {
    // A pod is on two arrays at most, so that the other target can only be one that is away.
    await context.control.setArrayDown('fa4', true);
    const driver = await context.openDriver(
      replicatedTo(order.map((array) => target(context, array, 'sync'))),
      { clock: steppingClock(context.control, waits) },
    );
    await driver.volumes.create(syncVolume());
    expect(await names(context, 'fa2')).toEqual([inPod]);
    expect(await driver.failoverHost([syncVolume()], null)).toMatchObject({
      activeBackendId: 'fa2',
      volumes: [{ kind: 'failed-over' }],
    });
  });

  acceptanceCase(
    74,
    `none is chosen with the side of fa2 offline, of ${order.join(' and ')}`,
    async (context) => {
      const { control } = context;
      await control.setArrayDown('fa4', true);
      const driver = await context.openDriver(
        replicatedTo(order.map((array) => target(context, array, 'sync'))),
        { clock: steppingClock(control, waits) },
      );
      await driver.volumes.create(syncVolume());
      await control.setMediator('fa2', false);
      await control.setReplicationLink(arrayName, 'fa2', 'down');
      await expect(driver.failoverHost([syncVolume()], null)).rejects.toMatchObject({
        message: expect.stringMatching(/viable.*fa2: pod cinder-pod is offline there/),
      });
    },
  );
}

acceptanceCase(74, 'a destroyed volume of the pod is no survivor', async (context) => {
  const driver = await openSync(context);
  await driver.volumes.create(syncVolume());
  await context.control.admin(arrayName, { kind: 'destroyVolume', name: inPod });
  const result = await driver.failoverHost([syncVolume()], null);
  expect(result.volumes).toMatchObject([{ kind: 'destroyed', reason: expect.stringContaining(inPod) }]);
});

acceptanceCase(75, 'after failover and failback everything is as it was at the start', async (context) => {
  const driver = await openSync(context, true);
  await driver.volumes.create(syncVolume());
  const before = await driver.statistics.read({ refresh: true });
  expect(before).toMatchObject({
    replication_type: ['async', 'sync'],
    replication_count: 1,
    replication_targets: ['fa2'],
    replication_capability: 'trisync',
  });
  await driver.failoverHost([syncVolume()], 'fa2');
  expect(await driver.statistics.read({ refresh: true })).toMatchObject({
    replication_type: ['sync'],
    replication_targets: ['puredriver-1'],
  });
  const made = syncVolume({ id: second, nameId: second, providerId: `${pod}::volume-${second}-cinder` });
  await driver.volumes.create(made);
  expect(await driver.failoverHost([syncVolume(), made], 'default')).toEqual({
    activeBackendId: 'default',
    volumes: [],
  });
  const after = await driver.statistics.read({ refresh: true });
  expect({ ...after, total_volumes: before.total_volumes }).toMatchObject({
    replication_type: before.replication_type,
    replication_count: before.replication_count,
    replication_targets: before.replication_targets,
    replication_capability: before.replication_capability,
  });
  const data = iscsiData(await driver.connections.connect(syncVolume(), connector()));
  expect(data.target_luns).toHaveLength(8);
  expect(await names(context)).toContain(made.providerId);
});

acceptanceCase(78, 'a ghost pod that cannot be unstretched loses no data', async (context) => {
  const { control } = context;
  const driver = await openSync(context);
  await driver.volumes.create(syncVolume());
  await control.writeVolume(arrayName, inPod, 0, new TextEncoder().encode('payroll'));
  await control.addFault(arrayName, {
    kind: 'status',
    status: 400,
    message: 'The array is busy.',
    times: null,
    match:
      context.level.generation === 'rest1'
        ? { method: 'DELETE', path: `/^pod\\/${ghost}\\/array/` }
        : { method: 'DELETE', path: '/^pods\\/(arrays|members)/' },
  });
  const there = `${ghost}::${volumeName}`;
  await expect(driver.volumes.retype(syncVolume(), aVolumeType({ name: 'plain' }))).rejects.toMatchObject({
    volumeName: there,
    message: expect.stringContaining(there),
  });
  expect(new TextDecoder().decode(await control.readVolume(arrayName, there, 0, 7))).toBe('payroll');
  await control.clearFaults(arrayName);
  // Taken up from where it is.
  expect(
    await driver.volumes.retype(syncVolume({ providerId: there }), aVolumeType({ name: 'plain' })),
  ).toMatchObject({
    providerId: volumeName,
    replicationStatus: 'disabled',
  });
  expect(new TextDecoder().decode(await control.readVolume(arrayName, volumeName, 0, 7))).toBe('payroll');
  expect(await pods(context)).toEqual([pod]);
});

acceptanceCase(
  79,
  'a member that never comes online ends the wait, and the volume can be used',
  async (context) => {
    const { control } = context;
    const driver = await openSync(context);
    await driver.volumes.create(aVolume(1, { type: null }));
    await control.setReplication({ resyncMs: 86_400_000 });
    const there = `${ghost}::${volumeName}`;
    const failed = expect(driver.volumes.retype(aVolume(1, { type: null }), synchronous));
    await failed.rejects.toMatchObject({
      volumeName: there,
      message: expect.stringContaining('fa2 is resyncing'),
    });
    const stranded = aVolume(1, { type: null, providerId: there });
    expect(iscsiData(await driver.connections.connect(stranded, connector())).target_luns[0]).toBe(1);
    await driver.connections.disconnect(stranded, connector());
    await control.advance(86_400_000);
    await control.setReplication({ resyncMs: 0 });
    expect(await driver.volumes.retype(stranded, synchronous)).toMatchObject({ providerId: inPod });
    expect(await pods(context)).toEqual([pod]);
  },
);

acceptanceCase(
  75,
  'the third site has the volumes of the pod, and the failback has them unchanged',
  async (context) => {
    const { control } = context;
    const driver = await openTrisync(context);
    const trisync = syncVolume({ type: replicatedType('trisync') });
    expect(await driver.volumes.create(trisync)).toMatchObject({ replicationStatus: 'enabled' });
    await control.writeVolume(arrayName, inPod, 0, new TextEncoder().encode('payroll'));
    await control.admin(arrayName, { kind: 'replicateNow', group: `${pod}::cinder-trisync` });
    expect(await driver.failoverHost([trisync], 'fa3')).toEqual({
      activeBackendId: 'fa3',
      volumes: [{ id: trisync.id, kind: 'restored' }],
    });
    expect(new TextDecoder().decode(await control.readVolume('fa3', inPod, 0, 7))).toBe('payroll');
    await driver.failoverCompleted('default');
    await driver.failoverHost([trisync], 'fa2');
    expect(await driver.failoverHost([trisync], 'default')).toEqual({
      activeBackendId: 'default',
      volumes: [],
    });
  },
);

acceptanceCase(
  75,
  'what was written on the third site is in the pod of neither array, which is said, and the size is made up for',
  async (context) => {
    const { control } = context;
    const driver = await openTrisync(context);
    const trisync = syncVolume({ type: replicatedType('trisync') });
    await driver.volumes.create(trisync);
    await control.admin(arrayName, { kind: 'replicateNow', group: `${pod}::cinder-trisync` });
    let size = 1;
    for (const back of ['fa2', 'default']) {
      await driver.failoverHost([{ ...trisync, size: gibibytes(size) }], 'fa3');
      size += 1;
      const grown = { ...trisync, size: gibibytes(size) };
      await driver.volumes.extend(trisync, grown.size);
      expect(await driver.failoverHost([grown], back)).toEqual({
        activeBackendId: back,
        volumes: [
          { id: trisync.id, kind: 'outdated', reason: expect.stringContaining('is on array fa3 only') },
        ],
      });
      const { volumes } = await control.state(back === 'fa2' ? 'fa2' : arrayName);
      expect(volumes.find(({ name }) => name === inPod)).toMatchObject({ size: size * gib });
    }
  },
);

acceptanceCase(
  82,
  'a volume of the configured pod, and one that is to go there, are taken over',
  async (context) => {
    const { control } = context;
    const driver = await openSync(context);
    await control.admin(arrayName, { kind: 'createVolume', name: `${pod}::theirs`, size: gib });
    await control.admin(arrayName, { kind: 'createVolume', name: 'outside', size: gib });
    const inside = { name: `${pod}::theirs` };
    await expect(driver.manage.sizeOf(inside)).resolves.toBe(1);
    expect(await driver.manage.manage(syncVolume(), inside)).toMatchObject({
      providerId: inPod,
      replicationStatus: 'enabled',
    });
    const other = syncVolume({ id: second, nameId: second, providerId: `${pod}::volume-${second}-cinder` });
    expect(await driver.manage.manage(other, { name: 'outside' })).toMatchObject({
      providerId: other.providerId,
      replicationStatus: 'enabled',
    });
    expect((await names(context)).toSorted()).toEqual([inPod, other.providerId].toSorted());
    expect(await pods(context)).toEqual([pod]);
    await control.admin(arrayName, { kind: 'createPod', name: 'elsewhere' });
    await control.admin(arrayName, { kind: 'stretchPod', pod: 'elsewhere', array: 'fa4' });
    await control.admin(arrayName, { kind: 'createVolume', name: 'elsewhere::theirs', size: gib });
    await expect(driver.manage.sizeOf({ name: 'elsewhere::theirs' })).rejects.toMatchObject({
      code: 'invalid-reference',
    });
  },
);

acceptanceCase(94, 'a replicated group of the pod goes to the third site only', async (context) => {
  const driver = await openTrisync(context);
  const group = {
    id: second,
    typeSpecs: {
      consistent_group_snapshot_enabled: '<is> True',
      consistent_group_replication_enabled: '<is> True',
    },
    volumeTypes: [replicatedType('trisync')],
  };
  await driver.groups.create(group);
  const name = `${pod}::consisgroup-${second}-cinder`;
  const made = (await context.state()).protectionGroups.find((found) => found.name === name);
  expect(made).toMatchObject({
    targets: [{ array: 'fa3', allowed: true }],
    replicationSchedule: { enabled: true },
  });
  await driver.volumes.create(syncVolume({ type: replicatedType('trisync'), group }));
  expect(await groupsOf(context, inPod)).toEqual([`${pod}::cinder-trisync`, name]);
});

const kinds = [null, 'async', 'sync', 'trisync'] as const;
type Kind = (typeof kinds)[number];

/** A type of each kind, with limits of its own. */
function typeOf(kind: Kind) {
  const qos = {
    consumer: 'back-end',
    specs: { maxIOPS: String(1_000 + 100 * kinds.indexOf(kind)) },
  } as const;
  return kind === null ? aVolumeType({ name: 'plain', qos }) : { ...replicatedType(kind), qos };
}

acceptanceCase(77, 'every cell of replication', async (context) => {
  const { control } = context;
  const driver = await openTrisync(context);
  const cells = kinds.flatMap((from) => kinds.map((to) => ({ from, to })));
  for (const [index, { from, to }] of cells.entries()) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const own = `volume-${id}-cinder`;
    const cell = `${from} to ${to}`;
    const nameFor = (kind: Kind) => (kind === 'sync' || kind === 'trisync' ? `${pod}::${own}` : own);
    const groupsFor = (kind: Kind) =>
      kind === 'async' ? ['cinder-group'] : kind === 'trisync' ? [`${pod}::cinder-trisync`] : [];
    const volume = aVolume(1, { id, providerId: nameFor(from), type: typeOf(from) });
    await driver.volumes.create(volume);
    await control.writeVolume(arrayName, nameFor(from), 0, new TextEncoder().encode(cell));

    const update = await driver.volumes.retype(volume, typeOf(to));
    expect(update, cell).toMatchObject({
      providerId: nameFor(to),
      replicationStatus: to === null ? 'disabled' : 'enabled',
      metadata: { purpose: 'database', array_volume_name: nameFor(to) },
    });
    const found = (await context.state()).volumes.find(({ name }) => name === nameFor(to));
    expect(found, cell).toMatchObject({
      destroyed: false,
      qos: { iopsLimit: 1_000 + 100 * kinds.indexOf(to) },
    });
    expect(await groupsOf(context, nameFor(to)), cell).toEqual(groupsFor(to));
    const content = await control.readVolume(arrayName, nameFor(to), 0, cell.length);
    expect(new TextDecoder().decode(content)).toBe(cell);
    // Under the old name again, as after a crash before the record was written.
    expect(await driver.volumes.retype(volume, typeOf(to)), cell).toEqual(update);
  }
  expect(await pods(context)).toEqual([pod]);
  expect(await names(context, 'fa2')).toHaveLength(8);
});

acceptanceCase(85, 'names of unmanaged volumes of the pod fit and are unique', async (context) => {
  const driver = await openSync(context);
  const base = `volume-${'x'.repeat(55)}`;
  for (const last of ['1', '2']) {
    const providerId = `${pod}::${base}${last}`;
    expect(`${base}${last}`).toHaveLength(63);
    await context.control.admin(arrayName, { kind: 'createVolume', name: providerId, size: gib });
    await driver.manage.unmanage(syncVolume({ providerId }));
    // A second time, as after a crash before the record was gone.
    await driver.manage.unmanage(syncVolume({ providerId }));
  }
  const left = await names(context);
  expect(new Set(left).size).toBe(2);
  for (const name of left) {
    expect(name).toMatch(/^cinder-pod::volume-x+.*-unmanaged/);
    expect(name.length - `${pod}::`.length).toBeLessThanOrEqual(63);
  }
});

runCases({
  without: ['1.2', '1.5'],
  others: ['fa2', 'fa3', 'fa4'],
  connections: [
    { from: arrayName, to: 'fa2', type: 'sync-replication' },
    { from: arrayName, to: 'fa3' },
    { from: 'fa2', to: 'fa3' },
    { from: arrayName, to: 'fa4', type: 'sync-replication' },
  ],
});
