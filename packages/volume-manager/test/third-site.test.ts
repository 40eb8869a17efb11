import { afterEach, expect, test } from 'vitest';
import { copyAndFailOver, failOver, volumesOn, withCopy } from './copied-site.ts';
import { closeSites, createConsistentGroup, createMirroredType, host, openSite } from './replicated-site.ts';
import { context, hastyClock, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

type Site = Awaited<ReturnType<typeof openSite>>;

async function groupsOn({ simulator }: Site, array: string): Promise<readonly string[]> {
  const { protectionGroups } = await simulator.control.state(array);
  return protectionGroups.flatMap(({ name, destroyed }) =>
    destroyed || !name.includes('consisgroup-') ? [] : [name],
  );
}

test.each(['fa2', 'default'] as const)(
  'a volume that is deleted on the third site is deleted when the array of the pod %s is current',
  async (next) => {
    const { site, started, manager, blockStorage, id } = await withCopy(null, 'trisync');
    await copyAndFailOver(site, started, 'fa3');
    await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
    await manager.idle();
    const name = `cinder-pod::volume-${id}-cinder`;
    expect(await volumesOn(site, 'fa1')).toEqual([name]);
    await failOver(started, next);
    expect(await volumesOn(site, 'fa1')).toEqual([]);
    expect(await volumesOn(site, 'fa2')).toEqual([]);
    expect(await site.store.journal.deferred('node1@fa1')).toEqual([]);
  },
);

test.each(['fa2', 'default'] as const)(
  'a group that is deleted on the third site is deleted when the array of the pod %s is current',
  async (next) => {
    const { site, started, manager, blockStorage, group } = await withCopy('group', 'trisync');
    const own = `cinder-pod::consisgroup-${group}-cinder`;
    expect(await groupsOn(site, 'fa1')).toEqual([own]);
    await copyAndFailOver(site, started, 'fa3');
    await blockStorage.groups.delete(context, group ?? '', { deleteVolumes: true });
    await manager.idle();
    expect(await site.store.groups.get(group ?? '')).toBeNull();
    expect(await groupsOn(site, 'fa1')).toEqual([own]);
    await failOver(started, next);
    expect(await groupsOn(site, 'fa1')).toEqual([]);
    expect(await groupsOn(site, 'fa2')).toEqual([]);
    expect(await volumesOn(site, 'fa1')).toEqual([]);
  },
);

test('nothing is made of a group of the pod on the third site, and on the other array of the pod all is', async () => {
  const { site, started, manager, blockStorage, id, group } = await withCopy('group', 'trisync');
  const { groups, groupSnapshots, volumes } = blockStorage;
  await copyAndFailOver(site, started, 'fa3');
  expect(await site.store.volumes.get(id)).toMatchObject({ status: 'available' });
  const request = { groupId: group ?? '', name: null, description: null };
  const refusal = { code: 'invalid-group', message: expect.stringContaining('is in the replicated pod') };
  await expect(groupSnapshots.create(context, request)).rejects.toMatchObject(refusal);
  await expect(
    groups.update(context, group ?? '', { addVolumes: [], removeVolumes: [id] }),
  ).rejects.toMatchObject(refusal);
  await failOver(started, 'fa2');
  await volumes.resetStatus(context, id, { status: 'available', attachStatus: null, migrationStatus: null });
  await groups.resetStatus(context, group ?? '', 'available');
  await groups.update(context, group ?? '', { addVolumes: [], removeVolumes: [id] });
  await manager.idle();
  expect(await site.store.volumes.get(id)).toMatchObject({ groupId: null });
  expect(await site.store.groups.get(group ?? '')).toMatchObject({ status: 'available' });
});

test('an empty group of the pod that is left by a failover to the third site is deleted after the failback', async () => {
  const site = await openSite('trisync');
  const started = await site.start();
  const { blockStorage, manager } = started;
  await createMirroredType(blockStorage, 'trisync');
  await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  const group = await createConsistentGroup(started, 'mirrored');
  await copyAndFailOver(site, started, 'fa3');
  expect(await site.store.groups.get(group)).toMatchObject({ status: 'error' });
  const remove = (): Promise<void> => blockStorage.groups.delete(context, group, { deleteVolumes: true });
  await expect(remove()).rejects.toMatchObject({ code: 'invalid-group' });
  await failOver(started, 'fa2');
  await remove();
  await manager.idle();
  expect(await site.store.groups.get(group)).toBeNull();
  expect(await groupsOn(site, 'fa1')).toEqual([]);
});

/** Copies are on the third site, and the primary is lost while it makes a group of the pod, before it says so. */
async function holdGroupCreation() {
  const site = await openSite('trisync');
  const started = await site.start();
  const { blockStorage, manager } = started;
  const { control } = site.simulator;
  await createMirroredType(blockStorage, 'trisync');
  await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-pod::cinder-trisync' });
  const match = { method: 'POST', path: '/^protection-groups$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const making = createConsistentGroup(started, 'mirrored');
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.setArrayDown('fa1', true);
  return { site, started, control, making };
}

test('a group of the pod whose creation a failover to the third site breaks off is made nowhere', async () => {
  const { site, started, making, control } = await holdGroupCreation();
  await failOver(started, 'fa3');
  const group = await making;
  await control.setArrayDown('fa1', false);
  expect(await site.store.groups.get(group)).toMatchObject({ status: 'error' });
  expect(await groupsOn(site, 'fa1')).toEqual([`cinder-pod::consisgroup-${group}-cinder`]);
  expect(await groupsOn(site, 'fa3')).toEqual([]);
  await failOver(started, 'fa2');
  expect(await groupsOn(site, 'fa1')).toEqual([]);
});

test('a group of the pod whose creation two failovers break off keeps its protection group', async () => {
  const { site, started, making } = await holdGroupCreation();
  const { blockStorage } = started;
  await blockStorage.services.failover(context, host, 'fa3');
  const status = async (): Promise<string | null> =>
    (await site.store.services.find(host, 'cinder-volume'))?.activeBackendId ?? null;
  await expect.poll(status, { timeout: 10_000, interval: 5 }).toBe('fa3');
  // The next try of the creation is not due yet.
  await failOver(started, 'fa2');
  const group = await making;
  expect(await site.store.groups.get(group)).toMatchObject({ status: 'available' });
  expect(await groupsOn(site, 'fa2')).toEqual([`cinder-pod::consisgroup-${group}-cinder`]);
});

test('the copy on the third site of a volume that is deleted on the pod goes when the third site is current', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy(null, 'trisync');
  await copyAndFailOver(site, started, 'fa3');
  await failOver(started, 'default');
  await failOver(started, 'fa2');
  await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  expect(await volumesOn(site, 'fa3')).toEqual([`cinder-pod::volume-${id}-cinder`]);
  await failOver(started, 'fa3');
  expect(await volumesOn(site, 'fa3')).toEqual([]);
});

test.each([
  ['delete', ['fa2', 'default']],
  ['unmanage', ['fa2', 'default']],
  ['delete', ['default', 'fa2']],
] as const)(
  'after a %s on the third site nothing stays where a broken-off move has taken the volume out of the pod: %j',
  async (how, next) => {
    const site = await openSite('trisync', hastyClock);
    const { control } = site.simulator;
    const started = await site.start();
    const { manager, blockStorage } = started;
    await createMirroredType(blockStorage, 'trisync');
    const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
    await manager.idle();
    await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-pod::cinder-trisync' });
    await control.setReplication({ resyncMs: 0 });
    // It is out of the pod, on the primary alone, when the empty pod of its way goes.
    const hold = await control.armHold('fa1', {
      match: { method: 'PATCH', path: '/^pods$/' },
      phase: 'before-apply',
    });
    await createMirroredType(blockStorage, 'async', 'copied');
    await blockStorage.volumes.retype(context, id, { newType: 'copied', migrationPolicy: 'on-demand' });
    await control.waitForHold('fa1', hold.id, 5_000);
    await control.setArrayDown('fa1', true);
    await failOver(started, 'fa3');
    expect(await site.store.volumes.get(id)).toMatchObject({ providerId: `cinder-pod::volume-${id}-cinder` });
    await (how === 'delete'
      ? blockStorage.volumes.delete(context, id, { cascade: false, force: true })
      : blockStorage.manage.unmanageVolume(context, id));
    await manager.idle();
    await control.releaseHold('fa1', hold.id, 'drop');
    await control.setArrayDown('fa1', false);
    for (const to of next) {
      await failOver(started, to);
    }
    expect((await volumesOn(site, 'fa1')).filter((name) => !name.endsWith('-unmanaged'))).toEqual([]);
    expect(await volumesOn(site, 'fa1')).toHaveLength(how === 'delete' ? 0 : 1);
    expect(await site.store.journal.deferred('node1@fa1')).toEqual([]);
  },
);

test('a failover to the third site that was interrupted goes on there at the next start', async () => {
  const site = await openSite('trisync');
  const { store } = site;
  const first = await site.start();
  await first.manager.stop(5_000);
  const service = await store.services.find(host, 'cinder-volume');
  await store.services.update(service?.id ?? 0, { replicationStatus: 'failing-over' });
  await store.journal.add({
    operation: 'failover_host',
    resourceId: host,
    details: { host, secondaryId: 'fa3', previousStatus: 'enabled' },
    owner: null,
  });
  await site.start();
  expect(await store.services.find(host, 'cinder-volume')).toMatchObject({
    replicationStatus: 'failed-over',
    activeBackendId: 'fa3',
  });
});
