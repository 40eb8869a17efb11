import { afterEach, describe, expect, test } from 'vitest';
import {
  closeSites,
  createMirroredType,
  host,
  openSite,
  type Site,
  type Started,
} from './replicated-site.ts';
import { compute1, compute2, context, hastyClock, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

/** One life of the service has made a volume, and has ended. */
async function aVolumeOfAnEarlierLife(): Promise<Site & { readonly volume: string }> {
  const site = await openSite('sync', hastyClock);
  const { blockStorage, manager } = await site.start();
  const { id } = await blockStorage.volumes.create(context, volumeRequest());
  await manager.idle();
  await manager.stop(5_000);
  return { ...site, volume: id };
}

const connectedHosts = async ({ simulator }: Site): Promise<readonly string[]> =>
  (await simulator.control.state('fa1')).connections.map(({ host: name }) =>
    (name ?? '').replace(/-.*$/, ''),
  );

describe('in the first moments of a start', () => {
  /** Asks for something while the first call of the set-up is with the array. @returns what was asked for, done */
  const beginAnd = async <T>(site: Site, ask: (started: Started) => Promise<T>): Promise<T> => {
    const { control } = site.simulator;
    const hold = await control.armHold('fa1', { match: { method: 'GET' }, phase: 'before-apply' });
    const started = await site.begin();
    expect(await control.waitForHold('fa1', hold.id, 5_000)).toMatchObject({ kind: 'held' });
    const asked = ask(started);
    await asksAtOnce();
    await control.releaseHold('fa1', hold.id, 'continue');
    const answer = await asked;
    await started.manager.started;
    await started.manager.idle();
    return answer;
  };
  /** One turn of the event loop: what was asked for without an array is on record. */
  const asksAtOnce = (): Promise<void> => new Promise(setImmediate);

  test('work on a volume waits until the back end is set up', async () => {
    const site = await aVolumeOfAnEarlierLife();
    const { store, volume } = site;
    await beginAnd(site, ({ blockStorage: { volumes } }) =>
      volumes.extend(context, volume, 2, { online: false }),
    );
    expect(await store.volumes.get(volume)).toMatchObject({ status: 'available', size: 2 });
  });

  test('an attach waits until the back end is set up', async () => {
    const site = await aVolumeOfAnEarlierLife();
    const { volume } = site;
    const attaching = beginAnd(site, ({ blockStorage: { attachments } }) =>
      attachments.create(context, { volumeId: volume, instanceUuid: null, connector: compute1, mode: null }),
    );
    await expect(attaching).resolves.toMatchObject({ connector: compute1 });
    expect(await connectedHosts(site)).toEqual(['compute1']);
  });

  test('a new volume waits until it is known which back ends there are', async () => {
    const site = await aVolumeOfAnEarlierLife();
    const creating = beginAnd(site, ({ blockStorage: { volumes } }) =>
      volumes.create(context, volumeRequest()),
    );
    await expect(creating).resolves.toMatchObject({ host: 'node1@fa1#fa1' });
    const { id } = await creating;
    expect(await site.store.volumes.get(id)).toMatchObject({ status: 'available' });
  });

  test('a copy of a group waits until the back end is set up', async () => {
    const site = await openSite('sync', hastyClock);
    const { blockStorage, manager } = await site.start();
    const { id: type } = await blockStorage.groupTypes.create(context, {
      name: 'consistent',
      description: null,
      isPublic: true,
    });
    await blockStorage.groupTypes.setGroupSpecs(context, type, {
      consistent_group_snapshot_enabled: '<is> True',
    });
    const group = await blockStorage.groups.create(context, {
      groupType: 'consistent',
      volumeTypes: ['fa1'],
      name: null,
      description: null,
      availabilityZone: null,
    });
    await manager.idle();
    await blockStorage.volumes.create(context, volumeRequest({ groupId: group.id }));
    await manager.idle();
    await manager.stop(5_000);
    const { id } = await beginAnd(site, (started) =>
      started.blockStorage.groups.createFromSource(context, {
        groupSnapshotId: null,
        sourceGroupId: group.id,
        name: null,
        description: null,
      }),
    );
    expect(await site.store.groups.get(id)).toMatchObject({ status: 'available' });
    expect(await site.store.volumes.ofGroup(id)).toMatchObject([{ status: 'available' }]);
  });

  test('a connection that is asked for is not taken for one that an earlier life has left', async () => {
    const site = await aVolumeOfAnEarlierLife();
    const { simulator, volume } = site;
    const { control } = simulator;
    const { blockStorage, manager } = await site.begin();
    await blockStorage.volumes.reserve(context, volume);
    const hold = await control.armHold('fa1', {
      match: { method: 'POST', path: '/^connections$/' },
      phase: 'before-apply',
    });
    const connecting = blockStorage.volumes.initializeConnection(context, volume, compute1);
    await control.waitForHold('fa1', hold.id, 5_000);
    await manager.tried();
    await control.releaseHold('fa1', hold.id, 'continue');
    await connecting;
    await manager.started;
    await manager.idle();
    expect(await connectedHosts(site)).toEqual(['compute1']);
  });
});

test('an entry of the journal that makes no sense is left alone, and the others are taken up', async () => {
  const site = await aVolumeOfAnEarlierLife();
  const { store, volume } = site;
  const nonsense = await store.journal.add({
    operation: 'paint_volume',
    resourceId: volume,
    details: { colour: 'red' },
    owner: null,
  });
  await store.volumes.update(volume, { status: 'extending' });
  await store.journal.add({
    operation: 'extend_volume',
    resourceId: volume,
    details: { volumeId: volume, newSize: 2, reservation: [] },
    owner: null,
  });
  await expect(site.start()).resolves.toBeDefined();
  expect(await store.volumes.get(volume)).toMatchObject({ status: 'available', size: 2 });
  expect((await store.journal.list()).map(({ id }) => id)).toEqual([nonsense.id]);
});

test('a volume, and a snapshot, that were being taken over are taken over by what the request named them', async () => {
  const site = await aVolumeOfAnEarlierLife();
  const { store, simulator, volume } = site;
  const { control } = simulator;
  await control.admin('fa1', { kind: 'createVolume', name: 'payroll', size: 2 * 2 ** 30 });
  const taken = await store.volumes.get(volume);
  await control.admin('fa1', {
    kind: 'createSnapshot',
    volume: taken?.providerId ?? '',
    suffix: 'monday',
  });
  const { blockStorage, manager } = await site.start();
  const details = { displayName: null, displayDescription: null, metadata: {} };
  // Accepted, and not begun: what a process leaves that dies at once.
  await control.setArrayDown('fa1', true);
  const { id } = await blockStorage.manage.manageVolume(context, {
    ...details,
    host: `${host}#fa1`,
    reference: { 'source-name': 'payroll' },
    volumeType: null,
    availabilityZone: null,
    bootable: false,
  });
  const snapshot = await blockStorage.manage.manageSnapshot(context, {
    ...details,
    volumeId: volume,
    reference: { 'source-name': `${taken?.providerId}.monday` },
  });
  await manager.stop(100);
  await control.setArrayDown('fa1', false);
  await site.start();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available', size: 2 });
  expect(await store.snapshots.get(snapshot.id)).toMatchObject({ status: 'available' });
  const { volumes, snapshots } = await control.state('fa1');
  expect(volumes.map(({ name }) => name)).toContain(`volume-${id}-cinder`);
  expect(snapshots.map(({ name }) => name)).toContain(`${taken?.providerId}.snapshot-${snapshot.id}`);
});

test('a second connector whose call was interrupted leaves the attachment with its first', async () => {
  const site = await openSite('sync', hastyClock);
  const first = await site.start();
  const { store, simulator } = site;
  const { id: volume } = await first.blockStorage.volumes.create(context, volumeRequest());
  await first.manager.idle();
  const { id } = await first.blockStorage.attachments.create(context, {
    volumeId: volume,
    instanceUuid: null,
    connector: compute1,
    mode: null,
  });
  await first.manager.idle();
  await first.manager.stop(5_000);
  // The array has heard of the second one, and the rows have not.
  await simulator.control.admin('fa1', {
    kind: 'createHost',
    name: 'compute2-0-cinder',
    iqns: [compute2.initiator],
  });
  await simulator.control.admin('fa1', {
    kind: 'connectVolumeToHost',
    volume: `volume-${volume}-cinder`,
    host: 'compute2-0-cinder',
  });
  await store.journal.add({
    operation: 'attachment_update',
    resourceId: id,
    details: { volumeId: volume, attachmentId: id, connector: compute2, madeWithConnector: false },
    owner: null,
  });
  const { blockStorage, manager } = await site.start();
  expect(await connectedHosts(site)).toEqual(['compute1']);
  expect(await store.attachments.get(id)).toMatchObject({ connector: compute1 });
  await blockStorage.attachments.delete(context, id);
  await manager.idle();
  expect(await connectedHosts(site)).toEqual([]);
  expect(await store.volumes.get(volume)).toMatchObject({ status: 'available', attachments: [] });
});

test('an attach that was interrupted, of a machine that has the volume on another array, leaves no host', async () => {
  const site = await openSite('sync', hastyClock);
  const first = await site.start();
  const { store, simulator } = site;
  await createMirroredType(first.blockStorage, 'sync');
  const { id: volumeId } = await first.blockStorage.volumes.create(
    context,
    volumeRequest({ volumeType: 'mirrored' }),
  );
  await first.manager.idle();
  const request = { volumeId, instanceUuid: '77777777-7777-4777-8777-777777777777', mode: null };
  const { id } = await first.blockStorage.attachments.create(context, { ...request, connector: compute1 });
  await first.blockStorage.attachments.complete(context, id);
  await first.blockStorage.services.failover(context, host, 'fa2');
  await first.manager.idle();
  const second = await first.blockStorage.attachments.create(context, { ...request, connector: null });
  await first.manager.stop(5_000);
  const name = 'compute1-4c4c4544004235108057000000000001-cinder';
  await simulator.control.admin('fa2', { kind: 'createHost', name, iqns: [compute1.initiator] });
  await store.journal.add({
    operation: 'attachment_update',
    resourceId: second.id,
    details: { volumeId, attachmentId: second.id, connector: compute1, madeWithConnector: false },
    owner: null,
  });
  const { manager } = await site.start();
  await manager.idle();
  expect((await simulator.control.state('fa2')).hosts).toEqual([]);
  expect(await connectedHosts(site)).toEqual(['compute1']);
});
