import { afterEach, expect, test } from 'vitest';
import { closeSites, createMirroredType, host, openSite, type Started } from './replicated-site.ts';
import { context, volumeRequest } from './running-manager.ts';

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
});
