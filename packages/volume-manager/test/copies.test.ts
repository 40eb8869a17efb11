import { afterEach, expect, test } from 'vitest';
import { copyAndFailOver, failOver, named, volumesOn, withCopy } from './copied-site.ts';
import { closeSites, createConsistentGroup, host, openSite } from './replicated-site.ts';
import { compute1, context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

test('a volume that is deleted while failed over to its copy is deleted on the primary after the failback', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const name = `volume-${id}-cinder`;
  await copyAndFailOver(site, started);
  await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  expect(await site.store.volumes.get(id)).toBeNull();
  expect(await volumesOn(site, 'fa2')).not.toContain(name);
  expect(await volumesOn(site, 'fa1')).toContain(name);
  await failOver(started, 'default');
  expect(await volumesOn(site, 'fa1')).not.toContain(name);
  expect(await site.store.journal.deferred(host)).toEqual([]);
});

test('a volume that is unmanaged while failed over to its copy is let go on the primary after the failback', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  await copyAndFailOver(site, started);
  await blockStorage.manage.unmanageVolume(context, id);
  await manager.idle();
  expect(await volumesOn(site, 'fa2')).toEqual([`volume-${id}-cinder-unmanaged`]);
  await failOver(started, 'default');
  expect(await volumesOn(site, 'fa1')).toEqual([`volume-${id}-cinder-unmanaged`]);
});

test('what was to go after the failback waits when the back end fails over again before it is done', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const name = `volume-${id}-cinder`;
  await copyAndFailOver(site, started);
  await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  await site.simulator.control.setArrayDown('fa1', true);
  const [deferred] = await site.store.journal.deferred(host);
  await site.store.journal.removeDeferred([deferred?.id ?? 0]);
  await manager.stop(5_000);
  // The failback was done, and this is what follows from it, when the failover to the target was the next that was.
  await site.store.journal.add({
    operation: deferred?.operation ?? '',
    resourceId: id,
    details: deferred?.details ?? {},
    owner: null,
  });
  const next = await site.start();
  await next.manager.idle();
  expect(await site.store.journal.list()).toEqual([]);
  expect(await site.store.journal.deferred(host)).toMatchObject([{ operation: 'remove_original' }]);
  await site.simulator.control.setArrayDown('fa1', false);
  await failOver(next, 'default');
  expect(await volumesOn(site, 'fa1')).not.toContain(name);
});

test('a group that is deleted while failed over to its copies is deleted on the primary after the failback', async () => {
  const { site, started, manager, blockStorage, id, group } = await withCopy('consistent');
  const protectionGroups = async () =>
    (await site.simulator.control.state('fa1')).protectionGroups.flatMap(({ name, destroyed }) =>
      destroyed ? [] : [name],
    );
  await copyAndFailOver(site, started);
  await blockStorage.groups.delete(context, group ?? '', { deleteVolumes: true });
  await manager.idle();
  expect(await site.store.groups.get(group ?? '')).toBeNull();
  expect(await protectionGroups()).toContain(`consisgroup-${group}-cinder`);
  await failOver(started, 'default');
  expect(await protectionGroups()).not.toContain(`consisgroup-${group}-cinder`);
  expect(await volumesOn(site, 'fa1')).not.toContain(`volume-${id}-cinder`);
});

test('a snapshot is in error while the back end works on a copy of its volume, and usable after the failback', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const { store } = site;
  const { snapshots } = blockStorage;
  const before = await snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started);
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  expect(await store.snapshots.get(before.id)).toMatchObject({ status: 'error' });
  await expect(snapshots.delete(context, before.id, { force: false })).rejects.toMatchObject({
    code: 'invalid-snapshot',
    message: expect.stringContaining('is on the primary array'),
  });
  await expect(blockStorage.manage.unmanageSnapshot(context, before.id)).rejects.toMatchObject({
    code: 'invalid-snapshot',
  });
  const meanwhile = await snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  expect(await store.snapshots.get(meanwhile.id)).toMatchObject({ status: 'available' });
  await failOver(started, 'default');
  expect(await store.snapshots.get(before.id)).toMatchObject({ status: 'available' });
  expect(await store.snapshots.get(meanwhile.id)).toMatchObject({ status: 'error' });
  await expect(snapshots.delete(context, meanwhile.id, { force: false })).rejects.toMatchObject({
    code: 'invalid-snapshot',
    message: expect.stringContaining('is on array fa2'),
  });
  await snapshots.delete(context, before.id, { force: false });
  await manager.idle();
  expect(await store.snapshots.get(before.id)).toBeNull();
  await failOver(started, 'fa2');
  expect(await store.snapshots.get(meanwhile.id)).toMatchObject({ status: 'available' });
});

test.each(['delete', 'unmanage'] as const)(
  'the %s of a snapshot that a failover to a copy breaks off is done after the failback',
  async (how) => {
    const { site, started, manager, blockStorage, id } = await withCopy();
    const { control } = site.simulator;
    const { snapshots, manage } = blockStorage;
    const snapshot = await snapshots.create(context, { ...named, volumeId: id });
    await manager.idle();
    await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    await control.setArrayDown('fa1', true);
    await (how === 'delete'
      ? snapshots.delete(context, snapshot.id, { force: false })
      : manage.unmanageSnapshot(context, snapshot.id));
    await failOver(started, 'fa2');
    expect(await site.store.snapshots.get(snapshot.id)).toMatchObject({ status: 'error' });
    await control.setArrayDown('fa1', false);
    await failOver(started, 'default');
    expect(await site.store.snapshots.get(snapshot.id)).toBeNull();
    const ours = (await control.state('fa1')).snapshots.filter(
      ({ name, destroyed }) => name === `volume-${id}-cinder.snapshot-${snapshot.id}` && !destroyed,
    );
    expect(ours).toEqual([]);
  },
);

test.each(['deleted on the target', 'left on the target'] as const)(
  'a snapshot that a failover to a copy breaks off, and that is %s, leaves nothing on the primary',
  async (what) => {
    const { site, started, manager, blockStorage, id } = await withCopy();
    const { control } = site.simulator;
    await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    const snapshotsOn = async (array: string): Promise<readonly string[]> =>
      (await control.state(array)).snapshots.flatMap(({ name, destroyed }) =>
        destroyed || !name.includes('.snapshot-') ? [] : [name],
      );
    const match = { method: 'POST', path: '/^volume-snapshots$/' } as const;
    const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
    const { id: snapshot } = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
    await control.waitForHold('fa1', hold.id, 5_000);
    await control.setArrayDown('fa1', true);
    await failOver(started, 'fa2');
    await control.setArrayDown('fa1', false);
    const name = `volume-${id}-cinder.snapshot-${snapshot}`;
    expect(await site.store.snapshots.get(snapshot)).toMatchObject({ status: 'available', providerId: name });
    expect(await snapshotsOn('fa1')).toEqual([name]);
    expect(await snapshotsOn('fa2')).toEqual([name]);
    if (what === 'deleted on the target') {
      await blockStorage.snapshots.delete(context, snapshot, { force: false });
      await manager.idle();
    }
    await failOver(started, 'default');
    expect(await snapshotsOn('fa1')).toEqual([]);
    expect(await site.store.journal.deferred('node1@fa1')).toEqual([]);
  },
);

test('a snapshot that two failovers break off is the one that its array has of it', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const { control } = site.simulator;
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const match = { method: 'POST', path: '/^volume-snapshots$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const { id: snapshot } = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.setArrayDown('fa1', true);
  await control.addFault('fa2', { kind: 'status', status: 503, message: 'Busy.', match, times: null });
  await blockStorage.services.failover(context, host, 'fa2');
  const current = async (): Promise<string | null> =>
    (await site.store.services.find(host, 'cinder-volume'))?.activeBackendId ?? null;
  await expect.poll(current, { timeout: 10_000, interval: 5 }).toBe('fa2');
  await control.setArrayDown('fa1', false);
  await failOver(started, 'default');
  const name = `volume-${id}-cinder.snapshot-${snapshot}`;
  expect(await site.store.snapshots.get(snapshot)).toMatchObject({ providerId: name });
  expect((await control.state('fa1')).snapshots).toContainEqual(
    expect.objectContaining({ name, destroyed: false }),
  );
  await manager.idle();
});

test('a snapshot that is being managed when a failover to a copy comes is not deleted on the primary', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const { control } = site.simulator;
  const volume = `volume-${id}-cinder`;
  await control.admin('fa1', { kind: 'createSnapshot', volume, suffix: 'theirs' });
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const match = { method: 'PATCH', path: '/^volume-snapshots$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const { id: snapshot } = await blockStorage.manage.manageSnapshot(context, {
    volumeId: id,
    reference: { name: `${volume}.theirs` },
    displayName: null,
    displayDescription: null,
    metadata: {},
  });
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.setArrayDown('fa1', true);
  await failOver(started, 'fa2');
  await control.setArrayDown('fa1', false);
  await blockStorage.snapshots.delete(context, snapshot, { force: false });
  await manager.idle();
  await failOver(started, 'default');
  const { snapshots } = await control.state('fa1');
  const kept = snapshots.filter(
    ({ name, destroyed }) => name.startsWith(`${volume}.snapshot-`) && !destroyed,
  );
  expect(kept).toHaveLength(1);
});

test('what the third site has of a snapshot that the failback breaks off waits for the third site', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy(null, 'trisync');
  const { control } = site.simulator;
  await copyAndFailOver(site, started, 'fa3');
  const match = { method: 'POST', path: '/^volume-snapshots$/' } as const;
  const hold = await control.armHold('fa3', { match, phase: 'before-reply' });
  await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await control.waitForHold('fa3', hold.id, 5_000);
  await control.setArrayDown('fa3', true);
  await failOver(started, 'default');
  await control.setArrayDown('fa3', false);
  await manager.idle();
  expect(await site.store.journal.deferred('node1@fa1')).toMatchObject([
    { operation: 'clear_snapshot', backendId: 'fa3' },
  ]);
});

test('a snapshot of which the row says that it is on this array is not cleared from it', async () => {
  const { site, manager, blockStorage, id } = await withCopy();
  const { id: snapshotId } = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await manager.stop(5_000);
  const { store } = site;
  const providerId = `volume-${id}-cinder.snapshot-${snapshotId}`;
  await store.snapshots.update(snapshotId, { status: 'error' });
  await store.snapshots.setLeftBehind(snapshotId, { backendId: 'default', previousStatus: 'available' });
  const about = { host, backendId: 'default' };
  await store.journal.defer({
    ...about,
    operation: 'clear_snapshot',
    details: { ...about, snapshotId, volumeId: id, providerId },
  });
  const second = await site.start();
  await second.manager.idle();
  expect(await store.journal.deferred(host)).toEqual([]);
  const { snapshots } = await site.simulator.control.state('fa1');
  expect(snapshots).toContainEqual(expect.objectContaining({ name: providerId, destroyed: false }));
});

test('a snapshot of a volume that a failover loses is usable again after the failback', async () => {
  const site = await openSite('async');
  const started = await site.start();
  const { manager, blockStorage } = started;
  const { id } = await blockStorage.volumes.create(context, volumeRequest());
  await manager.idle();
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started);
  expect(await site.store.snapshots.get(snapshot.id)).toMatchObject({ status: 'error' });
  await failOver(started, 'default');
  expect(await site.store.snapshots.get(snapshot.id)).toMatchObject({ status: 'available' });
});

test('a volume that is retyped out of its replication on the target goes on the primary as well', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const name = `volume-${id}-cinder`;
  await copyAndFailOver(site, started);
  await blockStorage.volumes.retype(context, id, { newType: 'fa1', migrationPolicy: 'never' });
  await manager.idle();
  expect(await site.store.volumes.get(id)).toMatchObject({
    status: 'available',
    replicationStatus: 'disabled',
  });
  await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  expect(await volumesOn(site, 'fa1')).toContain(name);
  await failOver(started, 'default');
  expect(await volumesOn(site, 'fa1')).not.toContain(name);
});

test.each(['answers', 'is away'] as const)(
  'a detach on the target, where the volume has got another name, ends the connection on the primary, which %s',
  async (how) => {
    const { site, started, manager, blockStorage, id } = await withCopy();
    const { control } = site.simulator;
    await blockStorage.volumeTypes.create(context, {
      name: 'gold',
      description: null,
      isPublic: true,
      extraSpecs: { 'flasharray:vg_name': 'gold' },
    });
    const attachment = await blockStorage.attachments.create(context, {
      volumeId: id,
      instanceUuid: null,
      connector: compute1,
      mode: null,
    });
    await blockStorage.attachments.complete(context, attachment.id);
    await copyAndFailOver(site, started);
    await blockStorage.volumes.retype(context, id, { newType: 'gold', migrationPolicy: 'never' });
    await manager.idle();
    expect(await site.store.volumes.get(id)).toMatchObject({ providerId: `gold/volume-${id}-cinder` });
    await control.setArrayDown('fa1', how === 'is away');
    await blockStorage.attachments.delete(context, attachment.id);
    await control.setArrayDown('fa1', false);
    await manager.idle();
    expect((await control.state('fa1')).connections).toEqual([]);
  },
);

test('the temporary snapshot of a group copy that a failover breaks off goes after the failback', async () => {
  const site = await openSite('async');
  const started = await site.start();
  const { manager, blockStorage } = started;
  const { control } = site.simulator;
  const temporary = async () =>
    (await control.state('fa1')).protectionGroupSnapshots.filter(
      ({ name, destroyed }) => name.endsWith('-tmp') && !destroyed,
    );
  const group = await createConsistentGroup(started);
  await blockStorage.volumes.create(context, volumeRequest({ groupId: group }));
  await manager.idle();
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const match = { method: 'POST', path: '/^volumes$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-apply' });
  await blockStorage.groups.createFromSource(context, {
    sourceGroupId: group,
    groupSnapshotId: null,
    name: null,
    description: null,
  });
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.addFault('fa1', { kind: 'status', status: 503, message: 'Busy.', match, times: null });
  await failOver(started, 'fa2');
  await control.clearFaults('fa1');
  expect(await temporary()).toHaveLength(1);
  await failOver(started, 'default');
  expect(await temporary()).toEqual([]);
});
