import { afterEach, expect, test } from 'vitest';
import { closeSites, createMirroredType, host, openSite } from './replicated-site.ts';
import { compute1, context, hastyClock, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

/** A volume of a pod whose arrays hosts reach both. */
async function uniformVolume() {
  const site = await openSite('uniform', hastyClock);
  const started = await site.start();
  await createMirroredType(started.blockStorage, 'sync');
  const { id } = await started.blockStorage.volumes.create(
    context,
    volumeRequest({ volumeType: 'mirrored' }),
  );
  await started.manager.idle();
  const { control } = site.simulator;
  const connections = async (array: string): Promise<number> =>
    (await control.state(array)).connections.length;
  return { ...started, store: site.store, control, connections, id };
}

test('who has a volume reserved when an array misses a detach may get it before that is made up for', async () => {
  const { store, blockStorage, manager, control, connections, id } = await uniformVolume();
  const { attachments } = blockStorage;
  const request = { volumeId: id, instanceUuid: '77777777-7777-4777-8777-777777777777', mode: null };
  const first = await attachments.create(context, { ...request, connector: compute1 });
  await attachments.complete(context, first.id);
  const second = await attachments.create(context, { ...request, connector: null });
  await control.setArrayDown('fa2', true);
  await attachments.delete(context, first.id);
  const [missed] = await store.journal.list();
  expect(missed).toMatchObject({ operation: 'make_up_disconnect', details: { before: [first.id] } });
  await control.setArrayDown('fa2', false);
  await attachments.update(context, second.id, compute1);
  await manager.idle();
  expect(await connections('fa1')).toBe(1);
  expect(await connections('fa2')).toBe(1);
});

test('what an array missed is not made up for when it has become needless before its turn', async () => {
  const { blockStorage, manager, control, connections, id } = await uniformVolume();
  const { volumes } = blockStorage;
  await volumes.initializeConnection(context, id, compute1);
  expect(await connections('fa2')).toBe(1);
  await control.setArrayDown('fa2', true);
  const match = { method: 'DELETE', path: '/^connections$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const ending = volumes.terminateConnection(context, id, compute1);
  await control.waitForHold('fa1', hold.id, 5_000);
  const connecting = volumes.initializeConnection(context, id, compute1);
  // fa2 was asked first, or beside: it has refused by the time that fa1 answers.
  await control.releaseHold('fa1', hold.id, 'continue');
  await ending;
  await control.setArrayDown('fa2', false);
  await connecting;
  await manager.idle();
  expect(await connections('fa1')).toBe(1);
  expect(await connections('fa2')).toBe(1);
});

test('what an array missed is made up for though the volume has another name by then', async () => {
  const { store, blockStorage, manager, control, connections, id } = await uniformVolume();
  const { attachments, services, volumes, volumeTypes } = blockStorage;
  await control.setReplication({ resyncMs: 0 });
  const request = { volumeId: id, instanceUuid: '77777777-7777-4777-8777-777777777777', mode: null };
  const first = await attachments.create(context, { ...request, connector: compute1 });
  await attachments.complete(context, first.id);
  // fa2 refuses it until the volume has left the pod.
  const match = { method: 'DELETE', path: '/^connections$/' } as const;
  await control.addFault('fa2', { kind: 'status', status: 400, message: 'Busy.', match, times: null });
  await attachments.delete(context, first.id);
  await services.failover(context, host, 'fa2');
  await expect
    .poll(async () => (await store.services.find(host, 'cinder-volume'))?.activeBackendId, {
      timeout: 15_000,
    })
    .toBe('fa2');
  await volumeTypes.create(context, { name: 'plain', description: null, isPublic: true, extraSpecs: {} });
  await volumes.retype(context, id, { newType: 'plain', migrationPolicy: 'never' });
  await expect
    .poll(async () => (await store.volumes.get(id))?.providerId, { timeout: 15_000 })
    .toBe(`volume-${id}-cinder`);
  expect(await connections('fa2')).toBe(1);
  await control.clearFaults('fa2');
  await manager.idle();
  expect(await connections('fa2')).toBe(0);
  expect(await connections('fa1')).toBe(0);
});
