import { afterEach, expect, test } from 'vitest';
import {
  closeSites,
  createConsistentGroup,
  createMirroredType,
  host,
  openSite,
  takeOver,
} from './replicated-site.ts';
import { context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

test('a group whose only volume was placed nowhere is not deleted before the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { groups, services, volumes } = blockStorage;
  const group = await createConsistentGroup(started);
  await services.freeze(context, host);
  const nowhere = await volumes.create(context, volumeRequest({ groupId: group, volumeType: 'fa1' }));
  await manager.idle();
  expect(await store.volumes.get(nowhere.id)).toMatchObject({ status: 'error', host: null });
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await expect(groups.delete(context, group, { deleteVolumes: true })).rejects.toMatchObject({
    code: 'invalid-group',
  });
  expect(await store.volumes.get(nowhere.id)).toMatchObject({ status: 'error' });
  await services.failover(context, host, 'default');
  await manager.idle();
  await groups.delete(context, group, { deleteVolumes: true });
  await manager.idle();
  expect(await store.groups.get(group)).toBeNull();
  const { protectionGroups } = await simulator.control.state('fa1');
  const kept = protectionGroups.filter(({ name, destroyed }) => name.includes(group) && !destroyed);
  expect(kept).toEqual([]);
});

test.each(['available', 'updating', 'error', 'error_deleting'] as const)(
  'an empty group that is %s when a failover leaves it on the primary is not deleted before the failback',
  async (status) => {
    const { simulator, store, start } = await openSite('async');
    const started = await start();
    const { manager, blockStorage } = started;
    const group = await createConsistentGroup(started);
    await store.groups.update(group, { status });
    await simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    await blockStorage.services.failover(context, host, 'fa2');
    await manager.idle();
    expect(await store.groups.get(group)).toMatchObject({ status: 'error' });
    const remove = () => blockStorage.groups.delete(context, group, { deleteVolumes: true });
    await expect(remove()).rejects.toMatchObject({ code: 'invalid-group' });
    await blockStorage.services.failover(context, host, 'default');
    await manager.idle();
    await remove();
    await manager.idle();
    expect(await store.groups.get(group)).toBeNull();
    const { protectionGroups } = await simulator.control.state('fa1');
    expect(protectionGroups.filter(({ name, destroyed }) => name.includes(group) && !destroyed)).toEqual([]);
  },
);

test('a group of a volume that was taken over while failed over is lost with it by the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { groups, services } = blockStorage;
  await createMirroredType(blockStorage, 'sync');
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await services.setDisabled(context, { host, binary: 'cinder-volume' }, false, null);
  const group = await createConsistentGroup(started);
  await simulator.control.admin('fa2', { kind: 'createVolume', name: 'old', size: 2 ** 30 });
  const id = await takeOver(started, 'old');
  await manager.idle();
  await groups.update(context, group, { addVolumes: [id], removeVolumes: [] });
  await manager.idle();
  expect(await store.groups.get(group)).toMatchObject({ status: 'available' });
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'error', replicationDriverData: 'fa2' });
  expect(await store.groups.get(group)).toMatchObject({
    status: 'error',
    replicationStatus: 'not-capable',
  });
});

test('a group snapshot of volumes that a failover has left on the primary is not deleted before the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { groupSnapshots, manage, services, snapshots, volumes } = blockStorage;
  const group = await createConsistentGroup(started);
  const alone = await volumes.create(context, volumeRequest({ volumeType: 'fa1' }));
  await volumes.create(context, volumeRequest({ groupId: group, volumeType: 'fa1' }));
  await manager.idle();
  const single = await snapshots.create(context, {
    volumeId: alone.id,
    displayName: null,
    displayDescription: null,
    metadata: {},
    force: false,
  });
  const { id } = await groupSnapshots.create(context, { groupId: group, name: null, description: null });
  await manager.idle();
  await simulator.control.setArrayDown('fa1', true);
  await groupSnapshots.delete(context, id);
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await simulator.control.setArrayDown('fa1', false);
  expect(await store.groupSnapshots.get(id)).toMatchObject({ status: 'error' });
  await expect(groupSnapshots.delete(context, id)).rejects.toMatchObject({ code: 'invalid-volume' });
  const [member] = await store.snapshots.ofGroupSnapshot(id);
  await expect(snapshots.delete(context, member?.id ?? '', { force: false })).rejects.toMatchObject({
    code: 'invalid-volume',
  });
  await expect(manage.unmanageSnapshot(context, single.id)).rejects.toMatchObject({ code: 'invalid-volume' });
  await services.failover(context, host, 'default');
  await manager.idle();
  await groupSnapshots.delete(context, id);
  await manager.idle();
  expect(await store.groupSnapshots.get(id)).toBeNull();
  const { protectionGroupSnapshots } = await simulator.control.state('fa1');
  const kept = protectionGroupSnapshots.filter(({ name, destroyed }) => name.includes(group) && !destroyed);
  expect(kept).toEqual([]);
});

test('a change of a group that a failover leaves on the primary is not made on the target', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { control } = simulator;
  const started = await start();
  const { manager, blockStorage } = started;
  const group = await createConsistentGroup(started);
  const { id } = await blockStorage.volumes.create(context, volumeRequest());
  await manager.idle();
  await control.setArrayDown('fa1', true);
  await blockStorage.groups.update(context, group, { addVolumes: [id], removeVolumes: [] });
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ groupId: group, replicationStatus: 'not-capable' });
  await blockStorage.groups.resetStatus(context, group, 'available');
  await expect(
    blockStorage.groups.update(context, group, { addVolumes: [], removeVolumes: [id] }),
  ).rejects.toMatchObject({ code: 'invalid-group' });
});

test('an empty group that was made while failed over is deleted on the target, and not on the primary', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { groups, services } = blockStorage;
  const protectionGroups = async (array: string) =>
    (await simulator.control.state(array)).protectionGroups.flatMap(({ name, destroyed }) =>
      destroyed ? [] : [name],
    );
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await services.setDisabled(context, { host, binary: 'cinder-volume' }, false, null);
  const group = await createConsistentGroup(started);
  expect(await protectionGroups('fa2')).toContain(`consisgroup-${group}-cinder`);
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.groups.get(group)).toMatchObject({ status: 'error' });
  await expect(groups.delete(context, group, { deleteVolumes: false })).rejects.toMatchObject({
    code: 'invalid-group',
    message: expect.stringContaining('is on array fa2'),
  });
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await groups.delete(context, group, { deleteVolumes: false });
  await manager.idle();
  expect(await store.groups.get(group)).toBeNull();
  expect(await protectionGroups('fa2')).not.toContain(`consisgroup-${group}-cinder`);
});

test('an empty group that is nothing on the array is not lost by a failover', async () => {
  const { store, start } = await openSite('async');
  const { manager, blockStorage } = await start();
  const { groups, groupTypes, services } = blockStorage;
  const type = await groupTypes.create(context, {
    name: 'generic',
    description: null,
    isPublic: true,
  });
  const { id } = await groups.create(context, {
    name: null,
    description: null,
    groupType: type.id,
    volumeTypes: ['fa1'],
    availabilityZone: null,
  });
  await manager.idle();
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.groups.get(id)).toMatchObject({ status: 'available' });
  await groups.delete(context, id, { deleteVolumes: false });
  await manager.idle();
  expect(await store.groups.get(id)).toBeNull();
});

test('no snapshot of a group is taken where it is not, and nobody joins or leaves it, though its volumes are there', async () => {
  const { simulator, store, start } = await openSite('async');
  const started = await start();
  const { manager, blockStorage } = started;
  const { groups, groupSnapshots, services, volumes } = blockStorage;
  await createMirroredType(blockStorage, 'async');
  const group = await createConsistentGroup(started, 'mirrored', 'fa1');
  const { id } = await volumes.create(context, volumeRequest({ groupId: group, volumeType: 'mirrored' }));
  await manager.idle();
  await simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  expect(await store.groups.get(group)).toMatchObject({ status: 'available' });
  const refusal = { code: 'invalid-group', message: expect.stringContaining('is on the primary array') };
  const request = { groupId: group, name: null, description: null };
  await expect(groupSnapshots.create(context, request)).rejects.toMatchObject(refusal);
  await expect(groups.update(context, group, { addVolumes: [], removeVolumes: [id] })).rejects.toMatchObject(
    refusal,
  );
  // Of a type that is not replicated: the others are refused while failed over, whatever their group is.
  await expect(
    volumes.create(context, volumeRequest({ groupId: group, volumeType: 'fa1' })),
  ).rejects.toMatchObject(refusal);
  expect(await store.groups.get(group)).toMatchObject({ status: 'available' });
});

test('a change that was accepted for a group whose volumes alone go over is called off', async () => {
  const { simulator, store, start } = await openSite('async');
  const { control } = simulator;
  const started = await start();
  const { manager, blockStorage } = started;
  const { groups, services, volumes } = blockStorage;
  await createMirroredType(blockStorage, 'async');
  const group = await createConsistentGroup(started, 'mirrored');
  const { id } = await volumes.create(context, volumeRequest({ groupId: group, volumeType: 'mirrored' }));
  await manager.idle();
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  await control.setArrayDown('fa1', true);
  await groups.update(context, group, { addVolumes: [], removeVolumes: [id] });
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available', groupId: group });
  expect(await store.groups.get(group)).toMatchObject({ status: 'error' });
});

test('a copy of a group of the pod that a failover breaks off is not left behind', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { control } = simulator;
  const started = await start();
  const { manager, blockStorage } = started;
  const { groups, volumes } = blockStorage;
  await createMirroredType(blockStorage, 'sync');
  const sourceGroupId = await createConsistentGroup(started, 'mirrored');
  await volumes.create(context, volumeRequest({ groupId: sourceGroupId, volumeType: 'mirrored' }));
  await manager.idle();
  const match = { method: 'POST', path: '/^volumes$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const request = { groupSnapshotId: null, sourceGroupId, name: null, description: null };
  const { id: copy } = await groups.createFromSource(context, request);
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.setArrayDown('fa1', true);
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.ofGroup(copy)).toMatchObject([
    { status: 'available', replicationDriverData: null },
  ]);
  await groups.delete(context, copy, { deleteVolumes: true });
  await manager.idle();
  expect(await store.groups.get(copy)).toBeNull();
});

test('a group of three sites is not copied on the other array of the pod, which copies to nobody', async () => {
  const { store, start } = await openSite('trisync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { groups, services, volumes } = blockStorage;
  await createMirroredType(blockStorage, 'trisync');
  const sourceGroupId = await createConsistentGroup(started, 'mirrored');
  await volumes.create(context, volumeRequest({ groupId: sourceGroupId, volumeType: 'mirrored' }));
  await manager.idle();
  await services.failover(context, host, 'fa2');
  await manager.idle();
  const request = { groupSnapshotId: null, sourceGroupId, name: null, description: null };
  await expect(groups.createFromSource(context, request)).rejects.toMatchObject({ code: 'invalid-group' });
  await services.failover(context, host, 'default');
  await manager.idle();
  const { id } = await groups.createFromSource(context, request);
  await manager.idle();
  expect(await store.groups.get(id)).toMatchObject({ status: 'available' });
});
