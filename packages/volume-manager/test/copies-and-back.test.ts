import { afterEach, expect, test } from 'vitest';
import { recordMove } from '../src/rows/volume-names.ts';
import { copyAndFailOver, failOver, named, volumesOn, withCopy } from './copied-site.ts';
import { closeSites, createConsistentGroup, host } from './replicated-site.ts';
import { compute1, context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

const gold = {
  name: 'gold',
  description: null,
  isPublic: true,
  extraSpecs: { 'flasharray:vg_name': 'gold' },
};

test('from the third site to the other array of the pod: volume and snapshot are there, and can be removed', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy(null, 'trisync');
  const { store } = site;
  const { snapshots, volumes } = blockStorage;
  const { id: snapshot } = await snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started, 'fa3');
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  expect(await store.snapshots.get(snapshot)).toMatchObject({ status: 'error' });
  await failOver(started, 'fa2');
  expect(await store.volumes.get(id)).toMatchObject({ status: 'error', replicationStatus: 'failover-error' });
  expect(await store.snapshots.get(snapshot)).toMatchObject({ status: 'available' });
  await snapshots.delete(context, snapshot, { force: false });
  await volumes.delete(context, id, { cascade: true, force: false });
  await manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  expect(await volumesOn(site, 'fa2')).toEqual([]);
});

test('a volume of the pod that the third site has no copy of has its snapshots again after the failback', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy(null, 'trisync');
  const { store } = site;
  await site.simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-pod::cinder-trisync' });
  const younger = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: younger.id });
  await manager.idle();
  await failOver(started, 'fa2');
  await failOver(started, 'fa3');
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  expect(await store.volumes.get(younger.id)).toMatchObject({ status: 'error' });
  expect(await store.snapshots.get(snapshot.id)).toMatchObject({ status: 'error' });
  await failOver(started, 'default');
  expect(await store.snapshots.get(snapshot.id)).toMatchObject({ status: 'available' });
});

test('a snapshot does not come back where its volume does not', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const { store } = site;
  await blockStorage.volumeTypes.create(context, gold);
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  const before = await store.snapshots.get(snapshot.id);
  await copyAndFailOver(site, started);
  await blockStorage.volumes.retype(context, id, { newType: 'gold', migrationPolicy: 'never' });
  await manager.idle();
  for (const array of ['default', 'fa2']) {
    await failOver(started, array);
    expect(await store.snapshots.get(snapshot.id), array).toMatchObject({
      status: 'error',
      providerId: before?.providerId,
    });
    expect(await store.snapshots.leftBehind(snapshot.id), array).toMatchObject({ backendId: 'default' });
  }
});

test('a snapshot that a failover has left with its volume is renamed with it', async () => {
  const { site, started, manager, blockStorage } = await withCopy();
  const { store } = site;
  const { id } = await blockStorage.volumes.create(context, volumeRequest());
  await manager.idle();
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started);
  expect(await store.snapshots.leftBehind(snapshot.id)).toMatchObject({ backendId: 'default' });
  // What is written of a move that the failover has broken off.
  await store.transaction(async (records) => {
    const [volume] = await records.volumes.ofIds([id]);
    if (volume !== undefined) {
      await recordMove(records, volume, `gold/volume-${id}-cinder`);
    }
  });
  expect(await store.snapshots.get(snapshot.id)).toMatchObject({
    providerId: `gold/volume-${id}-cinder.snapshot-${snapshot.id}`,
  });
});

test.each(['delete', 'unmanage'] as const)(
  'the %s of a copy that the target is lost with is done on the primary, and no host keeps the copy',
  async (how) => {
    const { site, started, manager, blockStorage, id } = await withCopy();
    const { control } = site.simulator;
    await copyAndFailOver(site, started);
    await blockStorage.volumes.initializeConnection(context, id, compute1);
    await control.setArrayDown('fa2', true);
    await (how === 'delete'
      ? blockStorage.volumes.delete(context, id, { cascade: false, force: false })
      : blockStorage.manage.unmanageVolume(context, id));
    await blockStorage.services.failover(context, host, 'default');
    await expect.poll(() => site.store.volumes.get(id), { timeout: 15_000 }).toBeNull();
    expect(await volumesOn(site, 'fa1')).toEqual(how === 'delete' ? [] : [`volume-${id}-cinder-unmanaged`]);
    expect((await control.state('fa2')).connections).toHaveLength(1);
    await control.setArrayDown('fa2', false);
    await manager.idle();
    expect((await control.state('fa2')).connections).toEqual([]);
    expect((await control.state('fa2')).hosts).toEqual([]);
  },
);

test.each(['delete', 'unmanage', "group's delete"] as const)(
  'a volume that was worked on as a copy, and lost on the way back: its %s takes the copy from its hosts',
  async (how) => {
    const isGrouped = how === "group's delete";
    const { site, started, manager, blockStorage, id, group } = await withCopy(isGrouped ? 'group' : null);
    const { control } = site.simulator;
    await copyAndFailOver(site, started);
    await blockStorage.volumes.initializeConnection(context, id, compute1);
    await failOver(started, 'default');
    expect(await site.store.volumes.get(id)).toMatchObject({ status: 'error' });
    expect((await control.state('fa2')).connections).toHaveLength(1);
    await {
      delete: () => blockStorage.volumes.delete(context, id, { cascade: false, force: false }),
      unmanage: () => blockStorage.manage.unmanageVolume(context, id),
      "group's delete": () => blockStorage.groups.delete(context, group ?? '', { deleteVolumes: true }),
    }[how]();
    await manager.idle();
    expect(await site.store.volumes.get(id)).toBeNull();
    expect((await control.state('fa2')).connections).toEqual([]);
    expect((await control.state('fa2')).hosts).toEqual([]);
    await failOver(started, 'fa2');
    expect(await volumesOn(site, 'fa2')).toEqual(how === 'unmanage' ? [`volume-${id}-cinder-unmanaged`] : []);
    expect(await site.store.journal.deferred(host)).toEqual([]);
  },
);

test.each([
  ['async', 'fa2', ['default']],
  ['trisync', 'fa3', ['fa2']],
  ['trisync', 'fa3', ['default', 'fa2']],
] as const)(
  'a detach after the way back from a %s copy ends the connection on %s, which is away (%j)',
  async (kind, target, back) => {
    const { site, started, manager, blockStorage, id } = await withCopy(null, kind);
    const { control } = site.simulator;
    await copyAndFailOver(site, started, target);
    const attachment = await blockStorage.attachments.create(context, {
      volumeId: id,
      instanceUuid: null,
      connector: compute1,
      mode: null,
    });
    await blockStorage.attachments.complete(context, attachment.id);
    for (const to of back) {
      await failOver(started, to);
    }
    await control.setArrayDown(target, true);
    await blockStorage.attachments.delete(context, attachment.id);
    expect((await control.state(target)).connections).toHaveLength(1);
    await control.setArrayDown(target, false);
    await manager.idle();
    expect((await control.state(target)).connections).toEqual([]);
  },
);

test.each(['failback', 'start'] as const)(
  'what the primary refuses to let go is tried again after the next %s',
  async (next) => {
    const { site, started, manager, blockStorage, id } = await withCopy();
    const { control } = site.simulator;
    const name = `volume-${id}-cinder`;
    await copyAndFailOver(site, started);
    await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
    await manager.idle();
    await control.addFault('fa1', {
      kind: 'status',
      status: 400,
      message: 'No.',
      times: null,
      match: { method: 'PATCH', path: '/^volumes$/' },
    });
    await failOver(started, 'default');
    expect(await volumesOn(site, 'fa1')).toEqual([name]);
    expect(await site.store.journal.deferred(host)).toMatchObject([{ operation: 'remove_original' }]);
    await control.clearFaults('fa1');
    if (next === 'failback') {
      await failOver(started, 'fa2');
      await failOver(started, 'default');
    } else {
      await manager.stop(10);
      const second = await site.start();
      await second.manager.idle();
    }
    expect(await volumesOn(site, 'fa1')).toEqual([]);
    expect(await site.store.journal.deferred(host)).toEqual([]);
  },
);

test('a group of which nothing was made can be deleted anywhere', async () => {
  const { site, started, manager, blockStorage } = await withCopy();
  const { groups, groupTypes } = blockStorage;
  const type = await groupTypes.create(context, { name: 'replicated', description: null, isPublic: true });
  await groupTypes.setGroupSpecs(context, type.id, {
    consistent_group_snapshot_enabled: '<is> True',
    consistent_group_replication_enabled: '<is> True',
  });
  await site.simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  await site.simulator.control.setArrayDown('fa1', true);
  const { id } = await groups.create(context, {
    name: null,
    description: null,
    groupType: type.id,
    volumeTypes: ['mirrored'],
    availabilityZone: null,
  });
  // The target replicates to nobody.
  await failOver(started, 'fa2');
  expect(await site.store.groups.get(id)).toMatchObject({ status: 'error', host: 'node1@fa1#fa1' });
  await site.simulator.control.setArrayDown('fa1', false);
  await failOver(started, 'default');
  await groups.delete(context, id, { deleteVolumes: false });
  await manager.idle();
  expect(await site.store.groups.get(id)).toBeNull();
});

test('a snapshot that could not be taken over is still not ours when it comes back', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await site.store.snapshots.update(snapshot.id, { status: 'error_managing' });
  await copyAndFailOver(site, started);
  await failOver(started, 'default');
  expect(await site.store.snapshots.get(snapshot.id)).toMatchObject({ status: 'error_managing' });
});

test('snapshots of an earlier release, which did not say where they are, can be removed after the failback', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const { store } = site;
  const snapshot = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started);
  // As the earlier release has it.
  await store.snapshots.setLeftBehind(snapshot.id, null);
  await store.snapshots.update(snapshot.id, { status: 'available' });
  await store.volumes.setOriginal(id, null);
  await failOver(started, 'default');
  await blockStorage.snapshots.delete(context, snapshot.id, { force: false });
  await manager.idle();
  expect(await store.snapshots.get(snapshot.id)).toBeNull();
  const { snapshots } = await site.simulator.control.state('fa1');
  expect(snapshots.filter(({ name, destroyed }) => name.includes(snapshot.id) && !destroyed)).toEqual([]);
});

test('a volume is reverted to the latest snapshot that it has where it is', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const { store } = site;
  const { snapshots, volumes } = blockStorage;
  const first = await snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started);
  await snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await failOver(started, 'default');
  await volumes.resetStatus(context, id, {
    status: 'available',
    attachStatus: null,
    migrationStatus: null,
  });
  await volumes.revert(context, id, first.id);
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
});

test('nothing is made of a group whose protection group is on another array', async () => {
  const { site, started, manager, blockStorage, group } = await withCopy('consistent');
  const { groups, groupSnapshots } = blockStorage;
  const taken = await groupSnapshots.create(context, { groupId: group ?? '', name: null, description: null });
  await manager.idle();
  await copyAndFailOver(site, started);
  const refusal = { message: expect.stringContaining('is on the primary array') };
  const copy = { name: null, description: null, sourceGroupId: null, groupSnapshotId: null };
  await expect(groups.createFromSource(context, { ...copy, sourceGroupId: group })).rejects.toMatchObject(
    refusal,
  );
  await expect(
    groups.createFromSource(context, { ...copy, groupSnapshotId: taken.id }),
  ).rejects.toMatchObject(refusal);
});

test('a group whose creation a failover breaks off leaves no protection group behind', async () => {
  const { site, started, manager } = await withCopy();
  const { control } = site.simulator;
  const match = { method: 'POST', path: '/^protection-groups$/' } as const;
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const making = createConsistentGroup(started);
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.setArrayDown('fa1', true);
  await failOver(started, 'fa2');
  const group = await making;
  await control.setArrayDown('fa1', false);
  const made = async (array: string) =>
    (await control.state(array)).protectionGroups.filter(
      ({ name, destroyed }) => name.includes(group) && !destroyed,
    ).length;
  expect([await made('fa1'), await made('fa2')]).toEqual([1, 1]);
  await failOver(started, 'default');
  expect([await made('fa1'), await made('fa2')]).toEqual([0, 1]);
  await manager.idle();
});

test('a group that is set to an error while it is being made is not deleted on another array', async () => {
  const { site, started, blockStorage, manager } = await withCopy();
  const { control } = site.simulator;
  const { groups } = blockStorage;
  const match = { method: 'POST', path: '/^protection-groups$/' } as const;
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const making = createConsistentGroup(started);
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.setArrayDown('fa1', true);
  const listed = await groups.list(
    context,
    { projectId: null },
    { sort: [], limit: 10, offset: 0, marker: null },
  );
  const [group] = listed.kind === 'page' ? listed.rows : [];
  await groups.resetStatus(context, group?.id ?? '', 'error');
  await failOver(started, 'fa2');
  const id = await making;
  await expect(groups.delete(context, id, { deleteVolumes: false })).rejects.toMatchObject({
    code: 'invalid-group',
    message: expect.stringContaining('is on the primary array'),
  });
  await control.setArrayDown('fa1', false);
  await failOver(started, 'default');
  await groups.delete(context, id, { deleteVolumes: false });
  await manager.idle();
  const kept = (await control.state('fa1')).protectionGroups.filter(
    ({ name, destroyed }) => name.includes(id) && !destroyed,
  );
  expect(kept).toEqual([]);
});

test('a group snapshot that a failover to copies breaks off can be deleted after the failback, and leaves nothing', async () => {
  const { site, started, manager, blockStorage, group } = await withCopy('group');
  const { control } = site.simulator;
  await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const match = { method: 'POST', path: '/^protection-group-snapshots$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-reply' });
  const request = { groupId: group ?? '', name: null, description: null };
  const { id } = await blockStorage.groupSnapshots.create(context, request);
  await control.waitForHold('fa1', hold.id, 5_000);
  await control.setArrayDown('fa1', true);
  await failOver(started, 'fa2');
  await control.setArrayDown('fa1', false);
  expect(await site.store.groupSnapshots.get(id)).toMatchObject({ status: 'error' });
  const remove = (): Promise<void> => blockStorage.groupSnapshots.delete(context, id);
  await expect(remove()).rejects.toMatchObject({ code: 'invalid-snapshot' });
  const taken = async (): Promise<readonly string[]> =>
    (await control.state('fa1')).protectionGroupSnapshots.flatMap(({ name, destroyed }) =>
      destroyed || !name.includes(id) ? [] : [name],
    );
  expect(await taken()).toHaveLength(1);
  await failOver(started, 'default');
  await remove();
  await manager.idle();
  expect(await site.store.groupSnapshots.get(id)).toBeNull();
  expect(await taken()).toEqual([]);
});

test('a snapshot of a volume that the failback leaves on the target stays in error until it is set available by hand', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  const { snapshots, volumes } = blockStorage;
  const snapshot = await snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await copyAndFailOver(site, started);
  await volumes.retype(context, id, { newType: 'fa1', migrationPolicy: 'never' });
  await manager.idle();
  await failOver(started, 'default');
  expect(await site.store.volumes.get(id)).toMatchObject({ status: 'error', replicationDriverData: 'fa2' });
  expect(await site.store.snapshots.get(snapshot.id)).toMatchObject({ status: 'error' });
  await snapshots.resetStatus(context, snapshot.id, 'available');
  const copy = await volumes.create(context, volumeRequest({ snapshotId: snapshot.id }));
  await manager.idle();
  expect(await site.store.volumes.get(copy.id)).toMatchObject({ status: 'available' });
  expect(await volumesOn(site, 'fa1')).toContain(`volume-${copy.id}-cinder`);
});
