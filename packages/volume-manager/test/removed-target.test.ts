import { afterEach, expect, test } from 'vitest';
import { failOver, named } from './copied-site.ts';
import { closeSites, createConsistentGroup, host, openSite } from './replicated-site.ts';
import { context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

test('what only a target had can be removed once that is out of the configuration, and not before', async () => {
  const { store, start, startAlone } = await openSite('sync');
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
  const alone = await startAlone();
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
