import { afterEach, expect, test } from 'vitest';
import { copyAndFailOver, failOver, named, volumesOn, withCopy } from './copied-site.ts';
import { closeSites, createConsistentGroup, createMirroredType, host, openSite } from './replicated-site.ts';
import { context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

test('what only a target had can be removed once that is out of the configuration, and not before', async () => {
  const { store, start, startWith } = await openSite('sync');
  const first = await start();
  const { blockStorage, manager } = first;
  await failOver(first, 'fa2');
  await blockStorage.services.setDisabled(context, { host, binary: 'cinder-volume' }, false, null);
  const group = await createConsistentGroup(first);
  const { id: unmanaged } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'fa1' }));
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'fa1' }));
  await manager.idle();
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await failOver(first, 'default');
  const removals = ({ blockStorage: { snapshots, groups, manage } }: typeof first) => [
    () => groups.delete(context, group, { deleteVolumes: false }),
    () => manage.unmanageVolume(context, unmanaged),
    () => snapshots.delete(context, snapshot.id, { force: false }),
  ];
  for (const remove of removals(first)) {
    await expect(remove()).rejects.toMatchObject({ message: expect.stringContaining('is on array fa2') });
  }
  await manager.stop(5_000);
  const alone = await startWith([]);
  for (const remove of removals(alone)) {
    await remove();
  }
  await alone.manager.idle();
  await alone.blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await alone.manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  expect(await store.volumes.get(unmanaged)).toBeNull();
  expect(await store.snapshots.get(snapshot.id)).toBeNull();
  expect(await store.groups.get(group)).toBeNull();
});

test('what was deleted on the third site goes on the primary, also when the other array of the pod is gone', async () => {
  const { site, started, manager, blockStorage, id, group } = await withCopy('group', 'trisync');
  await copyAndFailOver(site, started, 'fa3');
  await blockStorage.groups.delete(context, group ?? '', { deleteVolumes: true });
  await manager.idle();
  await manager.stop(5_000);
  const later = await site.startWith(['fa3']);
  expect(await volumesOn(site, 'fa1')).toEqual([`cinder-pod::volume-${id}-cinder`]);
  await failOver(later, 'default');
  expect(await volumesOn(site, 'fa1')).toEqual([]);
  const { protectionGroups } = await site.simulator.control.state('fa1');
  expect(protectionGroups.filter(({ name, destroyed }) => name.includes(group ?? '') && !destroyed)).toEqual(
    [],
  );
});

test('a volume of the pod does not count as gone with one array of it', async () => {
  const { site, started, manager, blockStorage } = await withCopy(null, 'trisync');
  await createMirroredType(blockStorage, 'sync', 'synchronous');
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'synchronous' }));
  await manager.idle();
  await failOver(started, 'fa2');
  await copyAndFailOver(site, started, 'fa3');
  expect(await site.store.volumes.get(id)).toMatchObject({ status: 'error', replicationDriverData: 'fa2' });
  await manager.stop(5_000);
  const later = await site.startWith(['fa3']);
  const remove = (): Promise<void> =>
    later.blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await expect(remove()).rejects.toMatchObject({ code: 'invalid-volume' });
  await failOver(later, 'default');
  await remove();
  await later.manager.idle();
  expect(await volumesOn(site, 'fa1')).not.toContain(`cinder-pod::volume-${id}-cinder`);
});

test('a snapshot that is where the back end works is removed there, though its volume was on the target', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  await blockStorage.volumeTypes.create(context, {
    name: 'gold',
    description: null,
    isPublic: true,
    extraSpecs: { 'flasharray:vg_name': 'gold' },
  });
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started);
  await blockStorage.volumes.retype(context, id, { newType: 'gold', migrationPolicy: 'never' });
  await manager.idle();
  await failOver(started, 'default');
  await manager.stop(5_000);
  const later = await site.startWith([]);
  await later.blockStorage.snapshots.delete(context, snapshot.id, { force: false });
  await later.manager.idle();
  expect(await site.store.snapshots.get(snapshot.id)).toBeNull();
  const { snapshots } = await site.simulator.control.state('fa1');
  const kept = snapshots.filter(({ name, destroyed }) => name.endsWith(snapshot.id) && !destroyed);
  expect(kept).toEqual([]);
});
