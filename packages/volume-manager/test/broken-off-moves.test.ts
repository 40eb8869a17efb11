import type { RequestMatch } from '@cinder-flasharray/simulator';
import { afterEach, expect, test } from 'vitest';
import { recordVolumes } from '../src/operations/services/failover-rows.ts';
import { fatesOf } from '../src/operations/services/switchover.ts';
import { failOver, named, volumesOn } from './copied-site.ts';
import {
  closeSites,
  createMirroredType,
  host,
  openSite,
  type Site,
  type Started,
} from './replicated-site.ts';
import { compute1, context, hastyClock, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

/** A volume, and the type of the pod. @returns its id */
async function makeVolume({ manager, blockStorage }: Started, volumeType: string | null): Promise<string> {
  await createMirroredType(blockStorage, 'sync');
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType }));
  await manager.idle();
  return id;
}

test('a copy that was accepted before a forced delete is made, though a crash has left its source in a ghost pod', async () => {
  const { simulator, store, start } = await openSite('sync');
  const first = await start();
  const { snapshots, volumes } = first.blockStorage;
  const source = await makeVolume(first, null);
  const snapshot = await snapshots.create(context, {
    volumeId: source,
    displayName: null,
    displayDescription: null,
    metadata: {},
    force: false,
  });
  await first.manager.idle();
  await simulator.control.setReplication({ resyncMs: 0 });
  const hold = await simulator.control.armHold('fa1', {
    match: { method: 'POST', path: '/^pods\\/members$/' },
    phase: 'before-apply',
  });
  await volumes.retype(context, source, { newType: 'mirrored', migrationPolicy: 'on-demand' });
  await simulator.control.waitForHold('fa1', hold.id, 5_000);
  const copy = await volumes.create(context, volumeRequest({ snapshotId: snapshot.id }));
  await volumes.delete(context, source, { cascade: true, force: true });
  await first.manager.stop(10);
  await simulator.control.releaseHold('fa1', hold.id, 'drop');
  expect((await store.journal.list()).map(({ operation }) => operation)).toEqual([
    'retype',
    'create_volume',
    'delete_volume',
  ]);
  const second = await start();
  await second.manager.idle();
  expect(await store.volumes.get(copy.id)).toMatchObject({ status: 'available' });
  expect(await store.volumes.get(source)).toBeNull();
  const state = await simulator.control.state('fa1');
  expect(state.volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual([
    `volume-${copy.id}-cinder`,
  ]);
  expect(state.pods.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual(['cinder-pod']);
  expect(await store.journal.list()).toEqual([]);
});

test('a volume that a move has left on the array that is left is not available after the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { services, volumes } = blockStorage;
  await simulator.control.setReplication({ resyncMs: 0 });
  const volume = await makeVolume(started, 'mirrored');
  await services.failover(context, host, 'fa2');
  await manager.idle();
  const hold = await simulator.control.armHold('fa2', {
    match: { method: 'PATCH', path: '/^pods$/' },
    phase: 'before-apply',
  });
  const types = await blockStorage.volumeTypes.list(context);
  const plain = types.find(({ name }) => name !== 'mirrored')?.name ?? '';
  await volumes.retype(context, volume, { newType: plain, migrationPolicy: 'on-demand' });
  await simulator.control.waitForHold('fa2', hold.id, 5_000);
  await simulator.control.setArrayDown('fa2', true);
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(volume)).toMatchObject({
    status: 'error',
    replicationStatus: 'not-capable',
    replicationDriverData: 'fa2',
  });
  await expect(volumes.delete(context, volume, { cascade: false, force: false })).rejects.toMatchObject({
    message: expect.stringContaining('fa2'),
  });
  await simulator.control.setArrayDown('fa2', false);
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(volume)).toMatchObject({
    providerId: `cinder-pod::volume-${volume}-cinder`,
  });
  const { volumes: there } = await simulator.control.state('fa2');
  expect(there.map(({ name }) => name)).toEqual([`cinder-pod::volume-${volume}-cinder`]);
});

/** A retype that gets no further than a call that the primary does not answer, and a failover that breaks it off. */
async function breakOff(
  { simulator }: Pick<Site, 'simulator'>,
  { manager, blockStorage }: Started,
  { volume, newType, before }: { volume: string; newType: string; before: RequestMatch },
): Promise<void> {
  const hold = await simulator.control.armHold('fa1', { match: before, phase: 'before-apply' });
  await blockStorage.volumes.retype(context, volume, { newType, migrationPolicy: 'on-demand' });
  await simulator.control.waitForHold('fa1', hold.id, 5_000);
  await simulator.control.addFault('fa1', {
    kind: 'status',
    status: 503,
    message: 'Busy.',
    match: before,
    times: null,
  });
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.idle();
  await simulator.control.clearFaults('fa1');
}

test('a plain volume that a broken-off move has left in the pod stays there until the failback', async () => {
  const site = await openSite('sync', hastyClock);
  const { simulator, store } = site;
  const { control } = simulator;
  const first = await site.start();
  await control.setReplication({ resyncMs: 0 });
  const volume = await makeVolume(first, null);
  const hold = await control.armHold('fa1', {
    match: { method: 'PATCH', path: '/^pods$/' },
    phase: 'before-apply',
  });
  await first.blockStorage.volumes.retype(context, volume, {
    newType: 'mirrored',
    migrationPolicy: 'on-demand',
  });
  await control.waitForHold('fa1', hold.id, 5_000);
  await first.manager.stop(10);
  await control.releaseHold('fa1', hold.id, 'drop');
  await control.setArrayDown('fa1', true);
  const { manager, blockStorage } = await site.begin();
  await blockStorage.services.failover(context, host, 'fa2');
  const isOver = async (): Promise<boolean> =>
    (await store.services.find(host, 'cinder-volume'))?.replicationStatus === 'failed-over';
  await expect.poll(isOver, { timeout: 15_000 }).toBe(true);
  await control.setArrayDown('fa1', false);
  await manager.idle();
  expect(await store.volumes.get(volume)).toMatchObject({
    status: 'error',
    replicationDriverData: 'default',
  });
  const live = async (array: string): Promise<readonly string[]> =>
    (await control.state(array)).volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name);
  for (const array of ['fa1', 'fa2']) {
    expect(await live(array)).toEqual([`cinder-pod::volume-${volume}-cinder`]);
  }
  await blockStorage.services.failover(context, host, 'default');
  await manager.idle();
  expect(await live('fa1')).toEqual([`volume-${volume}-cinder`]);
  expect(await live('fa2')).toEqual([]);
  expect(await store.volumes.get(volume)).toMatchObject({ providerId: `volume-${volume}-cinder` });
});

test.each(['sync', 'trisync'] as const)(
  'a volume of a %s pod whose retype was called off by hand, and broken off by a failover, ends in the pod',
  async (kind) => {
    const site = await openSite(kind, hastyClock);
    const { simulator, store } = site;
    const { manager, blockStorage } = await site.start();
    const { control } = simulator;
    await control.setReplication({ resyncMs: 0 });
    await createMirroredType(blockStorage, kind);
    const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
    await manager.idle();
    const match = { method: 'DELETE', path: '/^pods\\/members$/' } as const;
    const hold = await control.armHold('fa1', { match, phase: 'before-apply' });
    await blockStorage.volumes.retype(context, id, { newType: 'fa1', migrationPolicy: 'on-demand' });
    await control.waitForHold('fa1', hold.id, 5_000);
    await blockStorage.volumes.resetStatus(context, id, {
      status: 'available',
      attachStatus: null,
      migrationStatus: null,
    });
    await failOver({ manager, blockStorage }, 'fa2');
    // What three sites want cannot be had without the primary.
    const inGhost = `cinder-ghost-pod-${id}::volume-${id}-cinder`;
    const inPod = `cinder-pod::volume-${id}-cinder`;
    const providerId = kind === 'trisync' ? inGhost : inPod;
    expect(await store.volumes.get(id)).toMatchObject({ status: 'available', providerId });
    expect(await volumesOn(site, 'fa2')).toEqual([providerId]);
    await failOver({ manager, blockStorage }, 'default');
    expect(await store.volumes.get(id)).toMatchObject({
      status: 'available',
      previousStatus: null,
      providerId: inPod,
    });
    expect(await volumesOn(site, 'fa1')).toEqual([inPod]);
    const { pods } = await control.state('fa1');
    expect(pods.flatMap(({ name, destroyed }) => (destroyed ? [] : [name]))).toEqual(['cinder-pod']);
  },
);

test('a detach while failed over ends the connection on the primary, where a move has left the volume under another name', async () => {
  const site = await openSite('sync', hastyClock);
  const { simulator, store } = site;
  const started = await site.start();
  const { manager, blockStorage } = started;
  const { attachments } = blockStorage;
  await simulator.control.setReplication({ resyncMs: 0 });
  const volume = await makeVolume(started, 'mirrored');
  const attachment = await attachments.create(context, {
    volumeId: volume,
    instanceUuid: null,
    connector: compute1,
    mode: null,
  });
  await attachments.complete(context, attachment.id);
  const inGhost = `cinder-ghost-pod-${volume}::volume-${volume}-cinder`;
  await breakOff(site, started, {
    volume,
    newType: 'fa1',
    before: { method: 'PATCH', path: '/^volumes$/', query: { names: inGhost } },
  });
  expect((await simulator.control.state('fa1')).connections).toMatchObject([{ volume: inGhost }]);
  await attachments.delete(context, attachment.id);
  expect((await simulator.control.state('fa1')).connections).toEqual([]);
  await manager.idle();
  expect(await store.journal.list()).toEqual([]);
});

test('a retype that is refused after the volume has joined the replicated group takes it out again', async () => {
  const { simulator, store, start } = await openSite('async', hastyClock);
  const { manager, blockStorage } = await start();
  const { volumes, volumeTypes } = blockStorage;
  await volumeTypes.create(context, {
    name: 'grouped',
    description: null,
    isPublic: true,
    extraSpecs: {
      replication_enabled: '<is> True',
      replication_type: '<in> async',
      'flasharray:vg_name': 'gold',
    },
  });
  const { id } = await volumes.create(context, volumeRequest());
  await manager.idle();
  await simulator.control.addFault('fa1', {
    kind: 'status',
    status: 400,
    message: 'No.',
    match: { method: 'POST', path: '/^volume-groups$/' },
    times: null,
  });
  await volumes.retype(context, id, { newType: 'grouped', migrationPolicy: 'on-demand' });
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  const { protectionGroups } = await simulator.control.state('fa1');
  expect(protectionGroups.flatMap((group) => group.volumes)).toEqual([]);
});

test('a retype that does not find its volume is settled by the next failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { control } = simulator;
  await control.setReplication({ resyncMs: 0 });
  const volume = await makeVolume(started, null);
  const name = `volume-${volume}-cinder`;
  await control.admin('fa1', { kind: 'renameVolume', name, newName: 'away' });
  await blockStorage.volumes.retype(context, volume, { newType: 'mirrored', migrationPolicy: 'on-demand' });
  await manager.idle();
  expect(await store.volumes.get(volume)).toMatchObject({ status: 'error', previousStatus: 'retyping' });
  await control.admin('fa1', { kind: 'renameVolume', name: 'away', newName: name });
  await blockStorage.volumes.resetStatus(context, volume, {
    status: 'available',
    attachStatus: null,
    migrationStatus: null,
  });
  await blockStorage.volumes.extend(context, volume, 2, { online: false });
  await manager.idle();
  expect(await store.volumes.get(volume)).toMatchObject({ size: 2, previousStatus: 'retyping' });
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.idle();
  await blockStorage.services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(volume)).toMatchObject({ previousStatus: null, providerId: name });
});

test.each([
  ['error_managing', 'retyping', 'retyping', 'error_managing'],
  ['error_managing_deleting', null, 'error_managing_deleting', 'error_managing'],
  ['available', 'creating', 'creating', 'error'],
  ['deleting', 'retyping', 'deleting', 'error'],
  ['managing', 'retyping', 'managing', 'error_managing'],
  ['available', null, 'available', 'error'],
  ['error', 'unmanaging', 'unmanaging', 'error'],
] as const)(
  'what is lost while %s, and was %s before, was %s then, and is %s',
  async (status, previousStatus, kept, lost) => {
    const { store, start } = await openSite('sync');
    const started = await start();
    const volume = await makeVolume(started, null);
    await store.volumes.update(volume, { status, previousStatus });
    await started.blockStorage.services.failover(context, host, 'fa2');
    await started.manager.idle();
    expect(await store.volumes.get(volume)).toMatchObject({ status: lost, previousStatus: kept });
  },
);

test.each(['delete', 'retype', 'unmanage'] as const)(
  'a %s keeps in mind that nobody has settled an earlier move',
  async (request) => {
    const { simulator, store, start } = await openSite('sync');
    const started = await start();
    const { volumes, manage } = started.blockStorage;
    const volume = await makeVolume(started, null);
    await store.volumes.update(volume, { previousStatus: 'managing' });
    const hold = await simulator.control.armHold('fa1', { match: {}, phase: 'before-apply' });
    await {
      delete: () => volumes.delete(context, volume, { cascade: false, force: false }),
      retype: () => volumes.retype(context, volume, { newType: 'mirrored', migrationPolicy: 'on-demand' }),
      unmanage: () => manage.unmanageVolume(context, volume),
    }[request]();
    await simulator.control.waitForHold('fa1', hold.id, 5_000);
    expect(await store.volumes.get(volume)).toMatchObject({ previousStatus: 'managing' });
    await simulator.control.releaseHold('fa1', hold.id, 'continue');
    await started.manager.idle();
    const after = await store.volumes.get(volume);
    expect(after === null ? null : after.previousStatus).toBeNull();
  },
);

/** Deletes a volume with an unsettled move while its array is away, fails over meanwhile, and back. */
async function deleteThroughFailover(
  { simulator, store }: Site,
  { blockStorage, manager }: Started,
  volume: string,
): Promise<void> {
  await store.volumes.update(volume, { previousStatus: 'retyping' });
  await simulator.control.setArrayDown('fa1', true);
  await blockStorage.volumes.delete(context, volume, { cascade: false, force: false });
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.idle();
  await simulator.control.setArrayDown('fa1', false);
  await blockStorage.services.failover(context, host, 'default');
  await manager.idle();
}

test('a delete that a failover has broken off finds its volume where an earlier move has left it', async () => {
  const site = await openSite('sync');
  const { store } = site;
  const { control } = site.simulator;
  const started = await site.start();
  await started.blockStorage.volumeTypes.create(context, {
    name: 'gold',
    description: null,
    isPublic: true,
    extraSpecs: { 'flasharray:vg_name': 'gold' },
  });
  const volume = await makeVolume(started, null);
  const name = `volume-${volume}-cinder`;
  await control.admin('fa1', { kind: 'createVolumeGroup', name: 'gold' });
  await control.admin('fa1', { kind: 'renameVolume', name, newName: `gold/${name}` });
  await deleteThroughFailover(site, started, volume);
  expect(await store.volumes.get(volume)).toBeNull();
  expect((await control.state('fa1')).volumes.filter(({ destroyed }) => !destroyed)).toEqual([]);
});

test('a delete that a failover has broken off and that is refused afterwards forgets no earlier move', async () => {
  const site = await openSite('sync');
  const { store } = site;
  const { control } = site.simulator;
  const started = await site.start();
  const volume = await makeVolume(started, null);
  await control.admin('fa1', { kind: 'createHost', name: 'theirs' });
  await control.admin('fa1', { kind: 'createHostGroup', name: 'cluster', hosts: ['theirs'] });
  const name = `volume-${volume}-cinder`;
  await control.admin('fa1', { kind: 'connectVolumeToHostGroup', volume: name, hostGroup: 'cluster' });
  await deleteThroughFailover(site, started, volume);
  expect(await store.volumes.get(volume)).toMatchObject({ status: 'available', previousStatus: 'retyping' });
});

test('what two failovers one after the other lose is where the first has left it', async () => {
  const { store, start } = await openSite('sync');
  const volume = await makeVolume(await start(), 'mirrored');
  for (const [left, current] of [
    ['default', 'fa2'],
    ['fa2', 'fa3'],
  ] as const) {
    await store.transaction(async (records) => {
      const rows = await records.volumes.ofIds([volume]);
      const outcomes = [{ id: volume, kind: 'error', reason: 'lost' }] as const;
      const servesPod = { left: true, current: current === 'fa2' };
      const switchover = { host, left, current, servesPod };
      await recordVolumes(records, rows, fatesOf(rows, rows, outcomes, switchover), switchover);
    });
  }
  expect(await store.volumes.get(volume)).toMatchObject({
    status: 'error',
    replicationStatus: 'failover-error',
    replicationDriverData: 'default',
  });
});

test('a snapshot of a volume that a failover loses on its way out of the pod is usable again when that is settled', async () => {
  const site = await openSite('sync');
  const { simulator, store } = site;
  const started = await site.start();
  const { manager, blockStorage } = started;
  await simulator.control.setReplication({ resyncMs: 0 });
  const volume = await makeVolume(started, 'mirrored');
  const { id } = await blockStorage.snapshots.create(context, { ...named, volumeId: volume });
  await manager.idle();
  const types = await blockStorage.volumeTypes.list(context);
  const newType = types.find(({ name }) => name !== 'mirrored')?.name ?? '';
  await breakOff(site, started, { volume, newType, before: { method: 'PATCH', path: '/^pods$/' } });
  expect(await store.snapshots.get(id)).toMatchObject({ status: 'error' });
  await blockStorage.services.failover(context, host, 'default');
  await manager.idle();
  const settled = await store.snapshots.get(id);
  expect(settled).toMatchObject({ status: 'available' });
  const { snapshots } = await simulator.control.state('fa1');
  expect(snapshots.filter(({ name }) => name === settled?.providerId)).toMatchObject([{ destroyed: false }]);
});

test('a volume that is deleted by force on its way out of its volume group leaves no empty group', async () => {
  const site = await openSite('sync', hastyClock);
  const { simulator, store } = site;
  const { manager, blockStorage } = await site.start();
  const { volumes, volumeTypes } = blockStorage;
  await volumeTypes.create(context, {
    name: 'gold',
    description: null,
    isPublic: true,
    extraSpecs: { 'flasharray:vg_name': 'gold' },
  });
  const { id } = await volumes.create(context, volumeRequest({ volumeType: 'gold' }));
  await manager.idle();
  const match = { method: 'PATCH', path: '/^volume-groups$/' } as const;
  await simulator.control.addFault('fa1', {
    kind: 'status',
    status: 503,
    message: 'Busy.',
    match,
    times: null,
  });
  await volumes.retype(context, id, { newType: 'fa1', migrationPolicy: 'never' });
  await expect.poll(() => volumesOn(site, 'fa1'), { timeout: 5_000 }).toEqual([`volume-${id}-cinder`]);
  await expect
    .poll(async () => (await store.volumes.get(id))?.providerId, { timeout: 5_000 })
    .toBe(`gold/volume-${id}-cinder`);
  await volumes.delete(context, id, { cascade: false, force: true });
  await simulator.control.clearFaults('fa1');
  await manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  const { volumeGroups } = await simulator.control.state('fa1');
  expect(volumeGroups.filter(({ destroyed }) => !destroyed)).toEqual([]);
});
