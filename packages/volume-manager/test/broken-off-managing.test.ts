import { afterEach, expect, test } from 'vitest';
import { closeSites, createMirroredType, host, openSite, takeOver } from './replicated-site.ts';
import { context, hastyClock } from './running-manager.ts';

afterEach(closeSites);

test('a volume that is being taken over when a failover comes is lost as its type says, before anything else does', async () => {
  const { simulator, store, start } = await openSite('async', hastyClock);
  const started = await start();
  const { manager, blockStorage } = started;
  await createMirroredType(blockStorage, 'async');
  await simulator.control.admin('fa1', { kind: 'createVolume', name: 'old', size: 2 ** 30 });
  await simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const hold = await simulator.control.armHold('fa1', { match: { method: 'PATCH' }, phase: 'before-apply' });
  const id = await takeOver(started, 'old');
  await simulator.control.waitForHold('fa1', hold.id, 5_000);
  expect(await store.volumes.get(id)).toMatchObject({ replicationStatus: null });
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({
    status: 'error_managing',
    replicationStatus: 'not-capable',
    replicationDriverData: 'default',
  });
});

test('a volume that is being taken over in a pod of the administrator is deleted there, whatever breaks that off', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { control } = simulator;
  const started = await start();
  const { manager, blockStorage } = started;
  await control.admin('fa1', { kind: 'createPod', name: 'theirs' });
  await control.admin('fa1', { kind: 'createVolume', name: 'theirs::old', size: 2 ** 30 });
  const hold = await control.armHold('fa1', { match: { method: 'PATCH' }, phase: 'before-reply' });
  const id = await takeOver(started, 'theirs::old');
  await control.waitForHold('fa1', hold.id, 5_000);
  const inPod = `theirs::volume-${id}-cinder`;
  expect(await store.volumes.get(id)).toMatchObject({ providerId: inPod });
  await blockStorage.volumes.delete(context, id, { cascade: false, force: true });
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.stop(10);
  await control.releaseHold('fa1', hold.id, 'drop');
  const second = await start();
  await second.manager.idle();
  await second.blockStorage.services.failover(context, host, 'default');
  await second.manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  const { volumes } = await control.state('fa1');
  expect(volumes.filter(({ destroyed }) => !destroyed)).toEqual([]);
});
