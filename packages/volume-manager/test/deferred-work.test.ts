import { afterEach, expect, test } from 'vitest';
import { copyAndFailOver, failOver, volumesOn, withCopy } from './copied-site.ts';
import { closeSites, createConsistentGroup, host, openSite } from './replicated-site.ts';
import { compute1, context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

/** A volume is deleted while its back end works on its copy: the original waits for the primary. */
async function deletedOnTarget() {
  const found = await withCopy();
  await copyAndFailOver(found.site, found.started);
  await found.blockStorage.volumes.delete(context, found.id, { cascade: false, force: false });
  await found.manager.idle();
  return found;
}

test('a start on the target leaves what waits for the primary alone', async () => {
  const { site, manager, id } = await deletedOnTarget();
  await manager.stop(5_000);
  const second = await site.start();
  await second.manager.idle();
  expect(await volumesOn(site, 'fa1')).toEqual([`volume-${id}-cinder`]);
  expect(await site.store.journal.deferred(host)).toMatchObject([{ operation: 'remove_original' }]);
  await failOver(second, 'default');
  expect(await volumesOn(site, 'fa1')).toEqual([]);
});

test('a failback that is interrupted by the end of the process takes up what waits for the primary', async () => {
  const { site, manager } = await deletedOnTarget();
  const { store } = site;
  await manager.stop(5_000);
  await store.services.update((await store.services.find(host, 'cinder-volume'))?.id ?? 0, {
    replicationStatus: 'failing-over',
  });
  await store.journal.add({
    operation: 'failover_host',
    resourceId: host,
    details: { host, secondaryId: 'default', previousStatus: 'failed-over' },
    owner: null,
  });
  const second = await site.start();
  await second.manager.idle();
  expect(await volumesOn(site, 'fa1')).toEqual([]);
  expect(await store.journal.deferred(host)).toEqual([]);
  expect(await store.journal.list()).toEqual([]);
});

test('what waits on the third site for the pod is put off again by a start there', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy(null, 'trisync');
  await copyAndFailOver(site, started, 'fa3');
  await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  await manager.stop(5_000);
  const second = await site.start();
  await second.manager.idle();
  expect(await volumesOn(site, 'fa1')).toEqual([`cinder-pod::volume-${id}-cinder`]);
  expect(await site.store.journal.deferred(host)).toMatchObject([{ backendId: '::' }]);
  await failOver(second, 'fa2');
  expect(await volumesOn(site, 'fa1')).toEqual([]);
});

test('a start waits for nothing that the array does not get done', async () => {
  const { site, started, manager, id } = await deletedOnTarget();
  const { control } = site.simulator;
  const match = { method: 'PATCH', path: '/^volumes$/' } as const;
  await control.addFault('fa1', { kind: 'status', status: 400, message: 'No.', times: null, match });
  await failOver(started, 'default');
  await manager.stop(5_000);
  await control.clearFaults('fa1');
  const hold = await control.armHold('fa1', { match, phase: 'before-apply' });
  const second = await site.begin();
  let isStarted = false;
  const starting = second.manager.started.then(() => {
    isStarted = true;
  });
  await control.waitForHold('fa1', hold.id, 5_000);
  await expect.poll(() => isStarted, { timeout: 1_000, interval: 5 }).toBe(true);
  await control.releaseHold('fa1', hold.id, 'continue');
  await starting;
  await second.manager.idle();
  expect(await volumesOn(site, 'fa1')).not.toContain(`volume-${id}-cinder`);
});

test('what waits for an array hides no failover that nobody works on', async () => {
  const { site, started, manager } = await deletedOnTarget();
  const { store } = site;
  const { control } = site.simulator;
  const match = { method: 'PATCH', path: '/^volumes$/' } as const;
  await control.addFault('fa1', { kind: 'status', status: 400, message: 'No.', times: null, match });
  await failOver(started, 'default');
  await manager.stop(5_000);
  const service = await store.services.find(host, 'cinder-volume');
  await store.services.update(service?.id ?? 0, { replicationStatus: 'failing-over' });
  const second = await site.start();
  await second.manager.idle();
  expect(await store.services.find(host, 'cinder-volume')).toMatchObject({
    replicationStatus: 'failover-error',
  });
});

test('a volume that joins a group says that the group has its protection group here', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { blockStorage, manager } = started;
  const group = await createConsistentGroup(started);
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'fa1' }));
  await manager.idle();
  // A creation that failed said so, and somebody has set the group available by hand.
  await store.groups.recordProtectionGroup(group, '');
  await blockStorage.groups.update(context, group, { addVolumes: [id], removeVolumes: [] });
  await manager.idle();
  expect(await store.groups.protectionGroupOn(group)).toBe('default');
  const { protectionGroups } = await simulator.control.state('fa1');
  expect(protectionGroups.flatMap(({ volumes }) => volumes)).toEqual([`volume-${id}-cinder`]);
});

test('a copy that an administrator has connected to a host group is left so, and nothing waits for that', async () => {
  const { site, started, blockStorage, id } = await withCopy();
  const { control } = site.simulator;
  await copyAndFailOver(site, started);
  await blockStorage.volumes.initializeConnection(context, id, compute1);
  await failOver(started, 'default');
  await control.admin('fa2', { kind: 'createHost', name: 'theirs' });
  await control.admin('fa2', { kind: 'createHostGroup', name: 'cluster', hosts: ['theirs'] });
  const volume = `volume-${id}-cinder`;
  await control.admin('fa2', { kind: 'connectVolumeToHostGroup', volume, hostGroup: 'cluster' });
  await blockStorage.manage.unmanageVolume(context, id);
  const entries = async (): Promise<readonly string[]> =>
    (await site.store.journal.list()).map(({ operation }) => operation);
  await expect.poll(entries, { timeout: 5_000, interval: 20 }).toEqual([]);
  const { connections } = await control.state('fa2');
  expect(connections.map(({ host: name, hostGroup }) => [name, hostGroup])).toEqual([['theirs', 'cluster']]);
});
