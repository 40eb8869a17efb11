import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  context,
  levels,
  type RunningManager,
  runManager,
  serviceOf,
  volumeRequest,
} from './running-manager.ts';

/** What the array and the records say of groups, after the work is done. */
describe.each(levels)('groups, REST %s', (level, array) => {
  let running: RunningManager | undefined;

  beforeAll(async () => {
    running = await runManager(array);
  });

  afterAll(async () => {
    await running?.close();
  });

  const service = () => serviceOf(running);

  async function aGroup(groupType: string): Promise<string> {
    const { groups, idle } = service();
    const group = await groups.create(context, {
      groupType,
      volumeTypes: ['fa1'],
      name: 'group',
      description: null,
      availabilityZone: null,
    });
    await idle();
    expect((await groups.get(context, group.id)).status).toBe('available');
    return group.id;
  }

  test('a consistency group lives, is snapshotted, copied and deleted', async () => {
    const { groups, groupSnapshots, volumes, snapshots, idle, state } = service();
    const groupId = await aGroup('default_cgsnapshot_type');
    const pg = `consisgroup-${groupId}-cinder`;
    const one = await volumes.create(context, volumeRequest({ groupId }));
    const two = await volumes.create(context, volumeRequest());
    await idle();
    await groups.update(context, groupId, { addVolumes: [two.id] });
    await idle();
    const members = [one.id, two.id].map((id) => `volume-${id}-cinder`).toSorted();
    expect((await state()).protectionGroups.find(({ name }) => name === pg)?.volumes.toSorted()).toEqual(
      members,
    );
    expect((await groups.volumesOf(context, groupId)).toSorted()).toEqual([one.id, two.id].toSorted());

    const snapshot = await groupSnapshots.create(context, { groupId, name: 'nightly', description: null });
    await idle();
    expect((await groupSnapshots.get(context, snapshot.id)).status).toBe('available');
    const parts = await snapshots.list(
      context,
      { projectId: null, groupSnapshotId: snapshot.id },
      { sort: [], limit: 10, offset: 0, marker: null },
    );
    const rows = parts.kind === 'page' ? parts.rows : [];
    expect(rows.map(({ providerId, status }) => [providerId, status]).toSorted()).toEqual(
      members.map((member) => [`${pg}.cgsnapshot-${snapshot.id}-cinder.${member}`, 'available']),
    );
    const alone = await volumes.create(context, volumeRequest({ size: null, snapshotId: rows[0]?.id ?? '' }));
    await idle();
    expect((await volumes.get(context, alone.id)).status).toBe('available');

    for (const source of [
      { groupSnapshotId: snapshot.id, sourceGroupId: null },
      { groupSnapshotId: null, sourceGroupId: groupId },
    ]) {
      const copy = await groups.createFromSource(context, { ...source, name: 'copy', description: null });
      await idle();
      expect((await groups.get(context, copy.id)).status).toBe('available');
      const copies = await groups.volumesOf(context, copy.id);
      expect(copies).toHaveLength(2);
      const live = (await state()).protectionGroups.find(
        ({ name }) => name === `consisgroup-${copy.id}-cinder`,
      );
      expect(live?.volumes.toSorted()).toEqual(copies.map((id) => `volume-${id}-cinder`).toSorted());
      await expect(groups.delete(context, copy.id, { deleteVolumes: false })).rejects.toMatchObject({
        code: 'invalid-group',
      });
      await groups.delete(context, copy.id, { deleteVolumes: true });
      await idle();
      await expect(groups.get(context, copy.id)).rejects.toMatchObject({ code: 'group-not-found' });
    }
    await expect(groups.delete(context, groupId, { deleteVolumes: true })).rejects.toMatchObject({
      code: 'invalid-group',
    });
    await groupSnapshots.delete(context, snapshot.id);
    await idle();
    await groups.update(context, groupId, { removeVolumes: [two.id] });
    await idle();
    expect((await volumes.get(context, two.id)).groupId).toBeNull();
    await groups.delete(context, groupId, { deleteVolumes: true });
    await volumes.delete(context, two.id, { cascade: false, force: false });
    await volumes.delete(context, alone.id, { cascade: false, force: false });
    await idle();
    const after = await state();
    expect(after.volumes.filter(({ destroyed }) => !destroyed)).toEqual([]);
    expect(after.protectionGroups.filter(({ destroyed }) => !destroyed)).toEqual([]);
    const limits = await service().limits(context, context.projectId);
    for (const resource of ['volumes', 'snapshots', 'gigabytes', 'groups']) {
      expect(limits.usages[resource]).toEqual({ inUse: 0, reserved: 0 });
    }
  });

  test('case 88: a plain group is worked on volume by volume', async () => {
    const { groups, groupSnapshots, groupTypes, volumes, idle, state } = service();
    await groupTypes.create(context, { name: 'plain', description: null, isPublic: true });
    const groupId = await aGroup('plain');
    const { id } = await volumes.create(context, volumeRequest({ groupId }));
    await idle();
    const snapshot = await groupSnapshots.create(context, { groupId, name: null, description: null });
    await idle();
    expect((await groupSnapshots.get(context, snapshot.id)).status).toBe('available');
    const during = await state();
    expect(during.protectionGroups.filter(({ destroyed }) => !destroyed)).toEqual([]);
    expect(during.snapshots.filter(({ destroyed }) => !destroyed).map(({ source }) => source)).toEqual([
      `volume-${id}-cinder`,
    ]);
    const copy = await groups.createFromSource(context, {
      groupSnapshotId: null,
      sourceGroupId: groupId,
      name: null,
      description: null,
    });
    await idle();
    expect((await groups.get(context, copy.id)).status).toBe('available');
    await groupSnapshots.delete(context, snapshot.id);
    await idle();
    await groups.delete(context, groupId, { deleteVolumes: true });
    await groups.delete(context, copy.id, { deleteVolumes: true });
    await idle();
    expect((await state()).volumes.filter(({ destroyed }) => !destroyed)).toEqual([]);
  });

  test('a copy of a group that the array refuses is in error with its volumes, and can be deleted', async () => {
    const { groups, volumes, idle, control, state } = service();
    const sourceGroupId = await aGroup('default_cgsnapshot_type');
    await volumes.create(context, volumeRequest({ groupId: sourceGroupId }));
    await idle();
    await control.addFault('fa1', {
      kind: 'status',
      status: 400,
      message: 'Volume limit reached.',
      times: null,
      match: level.startsWith('1.')
        ? { method: 'POST', path: '/^volume\\//' }
        : { method: 'POST', path: '/^volumes$/' },
    });
    const source = { groupSnapshotId: null, sourceGroupId, name: null, description: null };
    const { id } = await groups.createFromSource(context, source);
    await idle();
    await control.clearFaults('fa1');
    expect((await groups.get(context, id)).status).toBe('error');
    const copies = await groups.volumesOf(context, id);
    expect(await Promise.all(copies.map(async (copy) => (await volumes.get(context, copy)).status))).toEqual([
      'error',
    ]);
    await expect(groups.delete(context, id, { deleteVolumes: true })).resolves.toBeUndefined();
    await idle();
    await expect(groups.get(context, id)).rejects.toMatchObject({ code: 'group-not-found' });
    const left = (await state()).volumes.filter(
      ({ name, destroyed }) => !destroyed && copies.some((copy) => name.includes(copy)),
    );
    expect(left).toEqual([]);
  });

  test('a snapshot of a consistency group that the array refuses is in error, and no member is snapshotted by itself', async () => {
    const { groups, groupSnapshots, volumes, store, idle, control, state } = service();
    const groupId = await aGroup('default_cgsnapshot_type');
    const { id: volume } = await volumes.create(context, volumeRequest({ groupId }));
    await idle();
    await control.addFault('fa1', {
      kind: 'status',
      status: 400,
      message: 'Snapshot limit reached.',
      times: null,
      match: level.startsWith('1.')
        ? { method: 'POST', path: '/^pgroup$/' }
        : { method: 'POST', path: '/^protection-group-snapshots$/' },
    });
    const { id } = await groupSnapshots.create(context, { groupId, name: null, description: null });
    await idle();
    await control.clearFaults('fa1');
    expect((await groupSnapshots.get(context, id)).status).toBe('error');
    expect((await store.snapshots.ofGroupSnapshot(id)).map(({ status }) => status)).toEqual(['error']);
    expect((await state()).snapshots.filter(({ source }) => source === `volume-${volume}-cinder`)).toEqual(
      [],
    );
    await groupSnapshots.delete(context, id);
    await idle();
    await groups.delete(context, groupId, { deleteVolumes: true });
    await idle();
  });

  test('a member of a group is not retyped to a type that the group cannot have', async () => {
    const { groups, volumes, volumeTypes, idle } = service();
    const groupId = await aGroup('default_cgsnapshot_type');
    const { id, volumeTypeId } = await volumes.create(context, volumeRequest({ groupId }));
    await idle();
    await volumeTypes.create(context, {
      name: 'outside',
      description: null,
      isPublic: true,
      extraSpecs: {},
    });
    await expect(
      volumes.retype(context, id, { newType: 'outside', migrationPolicy: 'never' }),
    ).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringContaining('is in group') });
    expect(await volumes.get(context, id)).toMatchObject({ status: 'available', volumeTypeId });
    await groups.delete(context, groupId, { deleteVolumes: true });
    await idle();
  });

  test('a group that does not fit is refused, and nothing is counted', async () => {
    const { groups, volumes, volumeTypes } = service();
    const groupId = await aGroup('default_cgsnapshot_type');
    const type = { description: null, isPublic: true, extraSpecs: {} };
    await volumeTypes.create(context, { name: 'other', ...type });
    const unknown = '99999999-9999-4999-8999-999999999999';
    for (const [request, code] of [
      [volumeRequest({ groupId, volumeType: 'other' }), 'invalid-input'],
      [volumeRequest({ groupId: unknown }), 'group-not-found'],
    ] as const) {
      await expect(volumes.create(context, request)).rejects.toMatchObject({ code });
    }
    for (const [change, code] of [
      [{}, 'invalid-group'],
      [{ addVolumes: [unknown] }, 'volume-not-found'],
      [{ addVolumes: [unknown], removeVolumes: [unknown] }, 'invalid-volume'],
    ] as const) {
      await expect(groups.update(context, groupId, change)).rejects.toMatchObject({ code });
    }
    await expect(
      service().groupSnapshots.create(context, { groupId, name: null, description: null }),
    ).rejects.toMatchObject({ code: 'invalid-group' });
    await groups.delete(context, groupId, { deleteVolumes: false });
    await service().idle();
  });
});
