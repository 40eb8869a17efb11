import { describe, expect, test } from 'vitest';
import { aSnapshot, aStore, aVolume, id, projectA, projectB } from '../../test/fixtures.ts';
import type { NewGroup } from './group-store.ts';
import { consistencyGroupTypeName } from './group-type-store.ts';

const page = { sort: [], limit: 100, offset: 0, marker: null } as const;

function aGroup(number: number, over: Partial<NewGroup> = {}): NewGroup {
  return {
    id: id(number),
    projectId: projectA,
    userId: 'alice',
    host: 'node1@puredriver-1#puredriver-1',
    availabilityZone: 'nova',
    name: `group-${number}`,
    description: null,
    groupTypeId: id(900),
    status: 'available',
    groupSnapshotId: null,
    sourceGroupId: null,
    replicationStatus: null,
    clusterName: null,
    volumeTypeIds: [],
    ...over,
  };
}

describe('a group', () => {
  test('is written and read with the types of its volumes', async () => {
    const { store } = await aStore();
    await store.volumeTypes.insert({
      id: id(1),
      name: 'gold',
      description: null,
      isPublic: true,
      extraSpecs: {},
    });
    const made = await store.groups.insert(aGroup(10, { volumeTypeIds: [id(1)] }));
    expect(made).toMatchObject({ ...aGroup(10, { volumeTypeIds: [id(1)] }), updatedAt: null });
    expect(await store.groups.get(id(10))).toEqual(made);
    expect(await store.volumeTypes.delete(id(1))).toBe('in-use');
    await store.groups.delete(id(10));
    expect(await store.groups.get(id(10))).toBeNull();
    expect(await store.volumeTypes.delete(id(1))).toBe('deleted');
  });

  test('says which array has its protection group, until it is deleted', async () => {
    const { store } = await aStore();
    await store.groups.insert(aGroup(10));
    expect(await store.groups.protectionGroupOn(id(10))).toBeNull();
    await store.groups.recordProtectionGroup(id(10), 'default');
    await store.groups.recordProtectionGroup(id(10), 'fa2');
    expect(await store.groups.protectionGroupOn(id(10))).toBe('fa2');
    await store.groups.delete(id(10));
    expect(await store.groups.protectionGroupOn(id(10))).toBeNull();
  });

  test('is listed by project and filter', async () => {
    const { store } = await aStore();
    await store.groups.insert(aGroup(10));
    await store.groups.insert(aGroup(11, { projectId: projectB }));
    await store.groups.insert(aGroup(12, { status: 'error' }));
    const idsOf = async (filter: Parameters<typeof store.groups.list>[0]) => {
      const found = await store.groups.list(filter, page);
      return found.kind === 'page' ? found.rows.map((row) => row.id).toSorted() : found.kind;
    };
    expect(await idsOf({ projectId: projectA })).toEqual([id(10), id(12)]);
    expect(await idsOf({ projectId: null })).toEqual([id(10), id(11), id(12)]);
    expect(await idsOf({ projectId: null, status: { operator: 'eq', value: 'error' } })).toEqual([id(12)]);
    expect(await idsOf({ projectId: null, groupTypeId: id(901) })).toEqual([]);
  });

  test('is changed only where the conditions hold', async () => {
    const { store } = await aStore();
    await store.groups.insert(aGroup(10));
    const change = { status: 'deleting' } as const;
    expect(await store.groups.updateWhere(id(10), { status: ['error'] }, change)).toBe(false);
    await store.volumes.insert(aVolume(1, { groupId: id(10) }));
    expect(await store.groups.updateWhere(id(10), { withoutVolumes: true }, change)).toBe(false);
    expect((await store.volumes.ofGroup(id(10))).map((volume) => volume.id)).toEqual([id(1)]);
    await store.volumes.update(id(1), { groupId: null });
    await store.groupSnapshots.insert({
      id: id(20),
      groupId: id(10),
      projectId: projectA,
      userId: 'alice',
      name: null,
      description: null,
      status: 'available',
      groupTypeId: id(900),
    });
    expect(await store.groups.updateWhere(id(10), { withoutGroupSnapshots: true }, change)).toBe(false);
    await store.groupSnapshots.delete(id(20));
    const all = { status: ['available'], withoutVolumes: true, withoutGroupSnapshots: true } as const;
    expect(await store.groups.updateWhere(id(10), all, change)).toBe(true);
    expect((await store.groups.get(id(10)))?.status).toBe('deleting');
  });
});

test('a group snapshot has members and is kept while a group is made from it', async () => {
  const { store } = await aStore();
  await store.groups.insert(aGroup(10));
  await store.groupSnapshots.insert({
    id: id(20),
    groupId: id(10),
    projectId: projectA,
    userId: 'alice',
    name: 'nightly',
    description: null,
    status: 'available',
    groupTypeId: id(900),
  });
  await store.volumes.insert(aVolume(1));
  await store.snapshots.insert(aSnapshot(30, 1, { groupSnapshotId: id(20) }));
  await store.snapshots.insert(aSnapshot(31, 1));
  expect((await store.snapshots.ofGroupSnapshot(id(20))).map((row) => row.id)).toEqual([id(30)]);
  await store.groups.insert(aGroup(11, { groupSnapshotId: id(20), status: 'creating' }));
  const change = { status: 'deleting' } as const;
  expect(await store.groupSnapshots.updateWhere(id(20), { unused: true }, change)).toBe(false);
  await store.groups.update(id(11), { status: 'available' });
  expect(await store.groupSnapshots.updateWhere(id(20), { unused: true }, change)).toBe(true);
  expect((await store.groupSnapshots.ofGroup(id(10))).map(({ status }) => status)).toEqual(['deleting']);
  const found = await store.groupSnapshots.list({ projectId: projectA, groupId: id(10) }, page);
  expect(found.kind === 'page' && found.rows.map(({ name }) => name)).toEqual(['nightly']);
});

test('a group type has specs, and one comes with the database', async () => {
  const { store } = await aStore();
  const seeded = await store.groupTypes.findByName(consistencyGroupTypeName);
  expect(seeded?.groupSpecs).toEqual({ consistent_group_snapshot_enabled: '<is> True' });
  const type = { id: id(900), name: 'consistent', description: null, isPublic: true, groupSpecs: { a: '1' } };
  expect(await store.groupTypes.insert(type)).toMatchObject({ kind: 'created', type });
  expect(await store.groupTypes.insert({ ...type, id: id(901) })).toEqual({ kind: 'name-taken' });
  await store.groupTypes.setGroupSpecs(id(900), { b: '2' });
  expect(await store.groupTypes.deleteGroupSpec(id(900), 'a')).toBe(true);
  expect(await store.groupTypes.deleteGroupSpec(id(900), 'a')).toBe(false);
  expect((await store.groupTypes.get(id(900)))?.groupSpecs).toEqual({ b: '2' });
  expect(await store.groupTypes.update(id(900), { name: consistencyGroupTypeName })).toBe('name-taken');
  expect(await store.groupTypes.update(id(900), { isPublic: false })).toBe('updated');
  expect((await store.groupTypes.list(projectA)).map(({ name }) => name)).toEqual([consistencyGroupTypeName]);
  expect(await store.groupTypes.hasAccess(id(900), projectA)).toBe(false);
  await store.groups.insert(aGroup(10));
  expect(await store.groupTypes.delete(id(900))).toBe('in-use');
  await store.groups.delete(id(10));
  expect(await store.groupTypes.delete(id(900))).toBe('deleted');
  expect(await store.groupTypes.delete(id(900))).toBe('gone');
});
