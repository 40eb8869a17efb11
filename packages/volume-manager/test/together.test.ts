import { randomUUID } from 'node:crypto';
import { systemClock } from '@cinder-flasharray/common';
import type { VolumeRecord } from '@cinder-flasharray/store';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { closeSites, openSite } from './replicated-site.ts';
import {
  compute1,
  compute2,
  context,
  hastyClock,
  type RunningManager,
  runManager,
  volumeRequest,
} from './running-manager.ts';

/** What goes wrong between two requests, or between a request and trouble of the array that passes. */
describe('things at the same time', () => {
  let running: RunningManager | undefined;

  const site = (): RunningManager => {
    if (running === undefined) {
      throw new Error('not set up');
    }
    return running;
  };
  const typeNamed = async (
    name: string,
    extraSpecs: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const { volumeTypes } = site().blockStorage;
    const known = (await volumeTypes.list(context)).some((type) => type.name === name);
    if (!known) {
      await volumeTypes.create(context, { name, description: null, isPublic: true, extraSpecs });
    }
  };
  const made = async (
    change: Parameters<typeof volumeRequest>[0] = {},
    status: VolumeRecord['status'] = 'available',
  ): Promise<string> => {
    const { blockStorage, manager } = site();
    const { id } = await blockStorage.volumes.create(context, volumeRequest(change));
    await manager.idle();
    expect((await blockStorage.volumes.get(context, id)).status).toBe(status);
    return id;
  };
  const snapshotOf = async (volumeId: string): Promise<string> => {
    const { id } = await site().blockStorage.snapshots.create(context, {
      volumeId,
      displayName: null,
      displayDescription: null,
      metadata: {},
      force: true,
    });
    return id;
  };
  const usage = async (resource: string): Promise<number> =>
    (await site().store.quotas.usages(context.projectId))[resource]?.inUse ?? 0;

  beforeAll(async () => {
    running = await runManager();
    await running.store.quotas.setLimits(context.projectId, { volumes: -1, gigabytes: -1, snapshots: -1 });
    await typeNamed('gold', { 'flasharray:vg_name': 'gold' });
  });

  afterAll(async () => {
    await running?.close();
  });

  test('a snapshot that is deleted while its volume is renamed by a retype is deleted under its new name', async () => {
    const { blockStorage, manager, simulator } = site();
    const volume = await made();
    const snapshot = await snapshotOf(volume);
    await manager.idle();
    const hold = await simulator.control.armHold('fa1', {
      match: { method: 'PATCH', path: '/^volumes$/' },
      phase: 'before-apply',
    });
    await blockStorage.volumes.retype(context, volume, { newType: 'gold', migrationPolicy: 'never' });
    await simulator.control.waitForHold('fa1', hold.id, 5_000);
    await blockStorage.snapshots.delete(context, snapshot, { force: false });
    await simulator.control.releaseHold('fa1', hold.id, 'continue');
    await manager.idle();
    const { snapshots } = await simulator.control.state('fa1');
    expect(snapshots.filter(({ name, destroyed }) => name.includes(snapshot) && !destroyed)).toEqual([]);
  });

  test('an attach that the array does not answer is over when its caller has waited long enough', async () => {
    // The array may take a minute for each call.
    const impatient = await runManager({}, systemClock, { callDeadline: 500 });
    try {
      const { blockStorage, manager, simulator } = impatient;
      const { id } = await blockStorage.volumes.create(context, volumeRequest());
      await manager.idle();
      const { attachments } = blockStorage;
      const hold = await simulator.control.armHold('fa1', {
        match: { method: 'POST', path: '/^connections$/' },
        phase: 'before-apply',
      });
      const attaching = attachments.create(context, {
        volumeId: id,
        instanceUuid: null,
        connector: compute1,
        mode: null,
      });
      await simulator.control.waitForHold('fa1', hold.id, 5_000);
      await expect(attaching).rejects.toMatchObject({ code: 'backend-failure' });
      await simulator.control.releaseHold('fa1', hold.id, 'drop');
      await manager.idle();
      expect(await impatient.store.journal.list()).toEqual([]);
      expect((await simulator.control.state('fa1')).connections).toEqual([]);
    } finally {
      await impatient.close();
    }
  });

  test('what a failed attach has left is ended while the service runs, when the array lets it', async () => {
    const impatient = await runManager({}, systemClock, { callDeadline: 500 });
    try {
      const { blockStorage, manager, simulator, store } = impatient;
      const { control } = simulator;
      const { id } = await blockStorage.volumes.create(context, volumeRequest());
      await manager.idle();
      await control.addFault('fa1', {
        match: { method: 'DELETE', path: 'connections' },
        kind: 'status',
        status: 400,
        message: 'The array is out of order.',
        times: 1,
      });
      const hold = await control.armHold('fa1', {
        match: { method: 'POST', path: '/^connections$/' },
        phase: 'before-reply',
      });
      const attaching = blockStorage.attachments.create(context, {
        volumeId: id,
        instanceUuid: null,
        connector: compute1,
        mode: null,
      });
      await control.waitForHold('fa1', hold.id, 5_000);
      await expect(attaching).rejects.toMatchObject({ code: 'backend-failure' });
      await manager.idle();
      const { connections, hosts } = await control.state('fa1');
      expect({ connections, hosts }).toEqual({ connections: [], hosts: [] });
      expect(await store.journal.list()).toEqual([]);
    } finally {
      await impatient.close();
    }
  });

  test('copies of one snapshot are made side by side', async () => {
    const { blockStorage, manager, simulator } = site();
    const volume = await made();
    const snapshot = await snapshotOf(volume);
    await manager.idle();
    const match = { method: 'POST', path: '/^volumes$/' } as const;
    const first = await simulator.control.armHold('fa1', { match, phase: 'before-apply' });
    const request = volumeRequest({ snapshotId: snapshot, size: null });
    await blockStorage.volumes.create(context, request);
    await simulator.control.waitForHold('fa1', first.id, 5_000);
    const second = await simulator.control.armHold('fa1', { match, phase: 'before-apply' });
    await blockStorage.volumes.create(context, request);
    expect(await simulator.control.waitForHold('fa1', second.id, 5_000)).toMatchObject({ kind: 'held' });
    await simulator.control.releaseHold('fa1', first.id, 'continue');
    await simulator.control.releaseHold('fa1', second.id, 'continue');
    await manager.idle();
  });

  test('a volume is attached and detached while a clone of it is made', async () => {
    const { blockStorage, manager, simulator } = site();
    const { attachments, volumes } = blockStorage;
    const source = await made();
    const cloning = await simulator.control.armHold('fa1', {
      match: { method: 'POST', path: '/^volumes$/' },
      phase: 'before-apply',
    });
    await volumes.create(context, volumeRequest({ size: null, sourceVolid: source }));
    await simulator.control.waitForHold('fa1', cloning.id, 5_000);
    const held = async (method: string, work: () => Promise<unknown>): Promise<void> => {
      const match = { method, path: '/^connections$/' };
      const hold = await simulator.control.armHold('fa1', { match, phase: 'before-apply' });
      const done = work();
      const outcome = await simulator.control.waitForHold('fa1', hold.id, 5_000);
      expect(outcome).toMatchObject({ kind: 'held' });
      await simulator.control.releaseHold('fa1', hold.id, 'continue');
      await done;
    };
    const request = { volumeId: source, instanceUuid: null, connector: compute1, mode: null };
    let id = '';
    await held('POST', async () => {
      id = (await attachments.create(context, request)).id;
    });
    await held('DELETE', () => attachments.delete(context, id));
    await simulator.control.releaseHold('fa1', cloning.id, 'continue');
    await manager.idle();
  });

  test('completing an attachment leaves the status of a volume alone that is being extended', async () => {
    const { blockStorage, manager, simulator } = site();
    await typeNamed('shared', { multiattach: '<is> True' });
    const volume = await made({ volumeType: 'shared' });
    const attached = async (connector: typeof compute1): Promise<string> => {
      const instanceUuid = randomUUID();
      const request = { volumeId: volume, instanceUuid, connector, mode: null };
      return (await blockStorage.attachments.create(context, request)).id;
    };
    await blockStorage.attachments.complete(context, await attached(compute1));
    const second = await attached(compute2);
    const hold = await simulator.control.armHold('fa1', {
      match: { method: 'PATCH', path: '/^volumes$/' },
      phase: 'before-apply',
    });
    await blockStorage.volumes.extend(context, volume, 3, { online: true });
    await simulator.control.waitForHold('fa1', hold.id, 5_000);
    await blockStorage.attachments.complete(context, second);
    expect((await blockStorage.volumes.get(context, volume)).status).toBe('extending');
    await simulator.control.releaseHold('fa1', hold.id, 'continue');
    await manager.idle();
    expect(await blockStorage.volumes.get(context, volume)).toMatchObject({ status: 'in-use', size: 3 });
  });

  test('a second connector for an attachment ends the connection of the first', async () => {
    const { blockStorage, manager, simulator } = site();
    const volume = await made();
    const { id } = await blockStorage.attachments.create(context, {
      volumeId: volume,
      instanceUuid: '11111111-1111-4111-8111-111111111111',
      connector: compute1,
      mode: null,
    });
    await blockStorage.attachments.update(context, id, compute2);
    await manager.idle();
    const hostsOf = async (): Promise<readonly string[]> =>
      (await simulator.control.state('fa1')).connections
        .filter(({ volume: name }) => name.includes(volume))
        .map(({ host }) => (host ?? '').replace(/-.*$/, ''));
    expect(await hostsOf()).toEqual(['compute2']);
    await blockStorage.attachments.delete(context, id);
    await manager.idle();
    expect(await hostsOf()).toEqual([]);
  });

  test('a second connector that the array refuses leaves the attachment with its first', async () => {
    const { blockStorage, manager, simulator } = site();
    const volume = await made();
    const { id } = await blockStorage.attachments.create(context, {
      volumeId: volume,
      instanceUuid: '11111111-1111-4111-8111-111111111111',
      connector: compute1,
      mode: null,
    });
    const fault = await simulator.control.addFault('fa1', {
      match: { method: 'POST', path: 'connections' },
      kind: 'status',
      status: 400,
      message: 'The array is out of order.',
      times: null,
    });
    await expect(blockStorage.attachments.update(context, id, compute2)).rejects.toMatchObject({
      code: 'backend-failure',
    });
    await simulator.control.removeFault('fa1', fault.id);
    const connected = { connector: compute1, attachStatus: 'attaching', connectionInfo: expect.anything() };
    expect(await blockStorage.attachments.get(context, id)).toMatchObject(connected);
    await blockStorage.attachments.delete(context, id);
    await manager.idle();
    expect(await blockStorage.volumes.get(context, volume)).toMatchObject({ status: 'available' });
    expect(
      (await simulator.control.state('fa1')).connections.filter(({ volume: name }) => name.includes(volume)),
    ).toEqual([]);
  });

  test('a snapshot that is being deleted is given back once when its volume goes with its snapshots', async () => {
    const { blockStorage, manager, simulator } = site();
    // What stays is more than what could be given back twice: usage never falls below nothing.
    await snapshotOf(await made());
    await manager.idle();
    const before = [await usage('snapshots'), await usage('gigabytes')];
    const volume = await made();
    const snapshot = await snapshotOf(volume);
    await manager.idle();
    const hold = await simulator.control.armHold('fa1', {
      match: { path: 'volume-snapshots' },
      phase: 'before-apply',
    });
    await blockStorage.snapshots.delete(context, snapshot, { force: false });
    await simulator.control.waitForHold('fa1', hold.id, 5_000);
    await blockStorage.volumes.delete(context, volume, { cascade: true, force: false });
    await simulator.control.releaseHold('fa1', hold.id, 'continue');
    await manager.idle();
    expect([await usage('snapshots'), await usage('gigabytes')]).toEqual(before);
  });

  test('a retype takes what the snapshots count to the new type', async () => {
    const { blockStorage, manager } = site();
    const counts = async (type: string): Promise<readonly number[]> => [
      await usage(`snapshots_${type}`),
      await usage(`gigabytes_${type}`),
    ];
    // What stays is more than what could be taken twice: usage never falls below nothing.
    await snapshotOf(await made({ size: 3 }));
    await manager.idle();
    const [from, to] = [await counts('fa1'), await counts('gold')];
    const volume = await made({ size: 2 });
    await snapshotOf(volume);
    await manager.idle();
    await blockStorage.volumes.retype(context, volume, { newType: 'gold', migrationPolicy: 'never' });
    await manager.idle();
    expect(await counts('fa1')).toEqual(from);
    expect(await counts('gold')).toEqual([(to[0] ?? 0) + 1, (to[1] ?? 0) + 4]);
  });

  test('a cascade that fails leaves no snapshot deleting', async () => {
    const { blockStorage, manager, simulator } = site();
    const volume = await made();
    const snapshot = await snapshotOf(volume);
    await manager.idle();
    const fault = await simulator.control.addFault('fa1', {
      match: { method: 'PATCH', path: 'volume-snapshots' },
      kind: 'status',
      status: 400,
      message: 'The array is out of order.',
      times: null,
    });
    await blockStorage.volumes.delete(context, volume, { cascade: true, force: false });
    await manager.idle();
    await simulator.control.removeFault('fa1', fault.id);
    expect((await blockStorage.volumes.get(context, volume)).status).toBe('error_deleting');
    expect((await blockStorage.snapshots.get(context, snapshot)).status).toBe('error_deleting');
  });

  test('a volume that one group has taken is refused to another', async () => {
    const { blockStorage, manager, simulator } = site();
    const groupType = await blockStorage.groupTypes.create(context, {
      name: 'consistent',
      description: null,
      isPublic: true,
    });
    await blockStorage.groupTypes.setGroupSpecs(context, groupType.id, {
      consistent_group_snapshot_enabled: '<is> True',
    });
    const group = async (): Promise<string> => {
      const { id } = await blockStorage.groups.create(context, {
        groupType: 'consistent',
        volumeTypes: ['fa1'],
        name: null,
        description: null,
        availabilityZone: null,
      });
      return id;
    };
    const [first, second] = [await group(), await group()];
    const volume = await made();
    const hold = await simulator.control.armHold('fa1', {
      match: { path: 'protection-groups' },
      phase: 'before-apply',
    });
    await blockStorage.groups.update(context, first, { addVolumes: [volume] });
    await expect(blockStorage.groups.update(context, second, { addVolumes: [volume] })).rejects.toMatchObject(
      { code: 'invalid-volume' },
    );
    await simulator.control.releaseHold('fa1', hold.id, 'continue');
    await manager.idle();
    const { protectionGroups } = await simulator.control.state('fa1');
    expect(
      protectionGroups.filter(({ volumes }) => volumes.some((name) => name.includes(volume))),
    ).toHaveLength(1);
  });

  test('a failed retype leaves the volume with the multiattach of its type', async () => {
    const { blockStorage, manager, simulator } = site();
    await typeNamed('gold-shared', { 'flasharray:vg_name': 'gold-shared', multiattach: '<is> True' });
    const volume = await made();
    const fault = await simulator.control.addFault('fa1', {
      match: { method: 'PATCH', path: '/^volumes$/' },
      kind: 'status',
      status: 400,
      message: 'The array is out of order.',
      times: null,
    });
    await blockStorage.volumes.retype(context, volume, { newType: 'gold-shared', migrationPolicy: 'never' });
    await manager.idle();
    await simulator.control.removeFault('fa1', fault.id);
    expect(await blockStorage.volumes.get(context, volume)).toMatchObject({
      status: 'available',
      multiattach: false,
    });
  });

  test('a failed attach is taken back while the service runs, and not from under one that came after', async () => {
    const { blockStorage, manager, simulator, store } = site();
    const volume = await made();
    await blockStorage.volumes.reserve(context, volume);
    const refusal = {
      kind: 'status',
      status: 400,
      message: 'The array is out of order.',
      times: null,
    } as const;
    const faults = [
      await simulator.control.addFault('fa1', { match: { path: 'connections' }, ...refusal }),
      await simulator.control.addFault('fa1', {
        match: { method: 'GET', path: 'hosts' },
        ...refusal,
        skip: 1,
      }),
    ];
    await expect(blockStorage.volumes.initializeConnection(context, volume, compute1)).rejects.toMatchObject({
      code: 'backend-failure',
    });
    // The array has refused to take it back as well: that is tried again in a moment.
    const refusals = async (): Promise<number> =>
      (await simulator.control.faults('fa1')).reduce((sum, { struck }) => sum + struck, 0);
    await expect.poll(refusals).toBe(2);
    expect((await store.journal.list()).map(({ operation }) => operation)).toEqual(['undo_connection']);
    for (const { id } of faults) {
      await simulator.control.removeFault('fa1', id);
    }
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    await manager.idle();
    expect(await store.journal.list()).toEqual([]);
    expect(
      (await simulator.control.state('fa1')).connections.filter(({ volume: name }) => name.includes(volume)),
    ).toHaveLength(1);
  }, 60_000);

  test('a volume that a retype has moved is deleted where it is, when the delete comes between two tries', async () => {
    const { blockStorage, manager, simulator } = site();
    const volume = await made();
    const hold = await simulator.control.armHold('fa1', {
      match: { method: 'PATCH', path: '/^volumes$/' },
      phase: 'before-apply',
      skip: 1,
    });
    await blockStorage.volumes.retype(context, volume, { newType: 'gold', migrationPolicy: 'never' });
    await simulator.control.waitForHold('fa1', hold.id, 5_000);
    await blockStorage.volumes.delete(context, volume, { cascade: false, force: true });
    await simulator.control.releaseHold('fa1', hold.id, 'drop');
    await manager.idle();
    const { volumes } = await simulator.control.state('fa1');
    expect(volumes.filter(({ name, destroyed }) => name.includes(volume) && !destroyed)).toEqual([]);
  });

  test('a connection that is made again voids what was left to be ended of an earlier one', async () => {
    const { blockStorage, store } = site();
    const volume = await made();
    const { id } = await store.journal.add({
      operation: 'make_up_disconnect',
      resourceId: volume,
      details: {
        volumeId: volume,
        host: 'node1@fa1',
        backendId: 'fa2',
        volumeName: `volume-${volume}-cinder`,
        connector: compute1,
        before: [],
      },
      owner: 'an earlier process',
    });
    await blockStorage.volumes.reserve(context, volume);
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    expect((await store.journal.list()).map((entry) => entry.id)).not.toContain(id);
  });
});

test('a change that an array never answers is looked up, and done again', async () => {
  onTestFinished(closeSites);
  const { simulator, store, start } = await openSite('sync', hastyClock);
  const { blockStorage, manager } = await start();
  await simulator.control.addFault('fa1', {
    match: { method: 'POST', path: '/^volumes$/' },
    kind: 'hang',
    times: 1,
  });
  const { id } = await blockStorage.volumes.create(context, volumeRequest());
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  expect((await simulator.control.state('fa1')).volumes.map(({ name }) => name)).toEqual([
    `volume-${id}-cinder`,
  ]);
});

test('trouble that passes is waited out: an array that fails many times gets its volume all the same', async () => {
  const { simulator, blockStorage, manager, close } = await runManager({}, hastyClock);
  try {
    await simulator.control.addFault('fa1', {
      match: { method: 'POST', path: '/^volumes$/' },
      kind: 'status',
      status: 503,
      times: 6,
    });
    const { id } = await blockStorage.volumes.create(context, volumeRequest());
    await manager.idle();
    expect((await blockStorage.volumes.get(context, id)).status).toBe('available');
    const { volumes } = await simulator.control.state('fa1');
    expect(volumes.filter(({ name, destroyed }) => name.includes(id) && !destroyed)).toHaveLength(1);
  } finally {
    await close();
  }
});
