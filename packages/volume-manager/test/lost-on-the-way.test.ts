import { afterEach, expect, test } from 'vitest';
import { operations } from '../src/index.ts';
import { closeSites, createMirroredType, openSite } from './replicated-site.ts';
import { context, hastyClock, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

test('nothing is deleted by an old name while nobody knows where a move has brought its volume', async () => {
  const { simulator, store, start } = await openSite('sync', hastyClock);
  const { control } = simulator;
  const { manager, blockStorage } = await start();
  const { snapshots, volumes, volumeTypes } = blockStorage;
  await control.setReplication({ resyncMs: 0 });
  await createMirroredType(blockStorage, 'sync');
  const { id } = await volumes.create(context, volumeRequest());
  await manager.idle();
  const snapshot = await snapshots.create(context, {
    volumeId: id,
    displayName: null,
    displayDescription: null,
    metadata: {},
    force: false,
  });
  await manager.idle();
  // A move that was given up before it began: what settles it brings the volume into the pod, by way of its own.
  await store.volumes.update(id, { volumeTypeId: (await volumeTypes.get(context, 'mirrored')).id });
  const inGhost = `cinder-ghost-pod-${id}::volume-${id}-cinder`;
  const hold = await control.armHold('fa1', {
    match: { method: 'PATCH', path: '/^volumes$/', query: { names: inGhost } },
    phase: 'before-apply',
  });
  const settling = await store.transaction((records) =>
    manager.runner.accept(records, operations.settle_volume.of({ volumeId: id })),
  );
  manager.runner.start(settling);
  await control.waitForHold('fa1', hold.id, 5_000);
  await snapshots.delete(context, snapshot.id, { force: false });
  // Nobody can look for the volume; everything else goes on.
  const outside = `volume-${id}-cinder`;
  for (const names of [outside, inGhost, `cinder-pod::${outside}`]) {
    const match = { method: 'GET', path: '/^volumes$/', query: { names } } as const;
    await control.addFault('fa1', { kind: 'status', status: 503, message: 'Busy.', match, times: null });
  }
  await control.releaseHold('fa1', hold.id, 'drop');
  // The next try has begun, which looks where the volume was first; or the delete has been done.
  const isTriedAgain = async () =>
    (await control.requests('fa1')).some(
      ({ method, path, status, query }) =>
        (status === 503 && query.names === outside) || (method === 'PATCH' && path === 'volume-snapshots'),
    );
  await expect.poll(isTriedAgain, { timeout: 15_000 }).toBe(true);
  await control.clearFaults('fa1');
  await manager.idle();
  expect(await store.snapshots.get(snapshot.id)).toBeNull();
  const { snapshots: left, volumes: there } = await control.state('fa1');
  expect(left.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual([]);
  expect(there.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual([
    `cinder-pod::${outside}`,
  ]);
});
