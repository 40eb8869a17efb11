import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { aFolder, aSnapshot, aStore, aVolume, id, projectA, projectB } from '../../test/fixtures.ts';
import type { SnapshotFilter } from './snapshot-store.ts';

describe('a snapshot', () => {
  test('comes back as it was inserted', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    const made = await store.snapshots.insert(aSnapshot(10, 1, { metadata: { a: 'b' }, volumeSize: 7 }));
    expect(made).toEqual({
      ...aSnapshot(10, 1),
      metadata: { a: 'b' },
      volumeSize: 7,
      createdAt: new Date('2026-11-21T00:00:00.000Z'),
      updatedAt: null,
    });
    expect(await store.snapshots.get(id(10))).toEqual(made);
  });

  test('changes only while its status is one of those asked for', async () => {
    const { store, clock } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.snapshots.insert(aSnapshot(10, 1, { status: 'creating' }));
    clock.advance(10);
    expect(
      await store.snapshots.updateWhere(id(10), { status: ['available', 'error'] }, { status: 'deleting' }),
    ).toBe(false);
    expect(await store.snapshots.update(id(10), { status: 'available', providerId: 'v.snap' })).toBe(true);
    expect(
      await store.snapshots.updateWhere(id(10), { status: ['available', 'error'] }, { status: 'deleting' }),
    ).toBe(true);
    expect(await store.snapshots.get(id(10))).toMatchObject({
      status: 'deleting',
      providerId: 'v.snap',
      updatedAt: new Date('2026-11-21T00:00:00.010Z'),
    });
    expect(await store.snapshots.update(id(11), { status: 'error' })).toBe(false);
  });

  test('has metadata that merges, is replaced, and loses keys', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.snapshots.insert(aSnapshot(10, 1, { metadata: { a: '1' } }));
    await store.snapshots.setMetadata(id(10), { b: '2' }, 'merge');
    expect((await store.snapshots.get(id(10)))?.metadata).toEqual({ a: '1', b: '2' });
    await store.snapshots.setMetadata(id(10), { b: '3', c: '4' }, 'replace');
    expect(await store.snapshots.deleteMetadata(id(10), 'c')).toBe(true);
    expect(await store.snapshots.deleteMetadata(id(10), 'a')).toBe(false);
    expect((await store.snapshots.get(id(10)))?.metadata).toEqual({ b: '3' });
    await expect(store.snapshots.setMetadata(id(11), {}, 'merge')).rejects.toMatchObject({
      code: 'constraint',
    });
  });

  test('of a volume comes newest first', async () => {
    const { store, clock } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.volumes.insert(aVolume(2));
    await store.snapshots.insert(aSnapshot(12, 1));
    clock.advance(1);
    await store.snapshots.insert(aSnapshot(11, 1));
    await store.snapshots.insert(aSnapshot(13, 2));
    await store.snapshots.insert(aSnapshot(14, 1));
    await store.snapshots.delete(id(14));
    expect((await store.snapshots.ofVolume(id(1))).map((snapshot) => snapshot.id)).toEqual([id(11), id(12)]);
  });

  test('says which array a failover has left it on, until it is back or deleted', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { host: 'node1@fa#fa' }));
    await store.volumes.insert(aVolume(2, { host: 'node1@fa2#fa2' }));
    for (const [snapshot, volume] of [
      [10, 1],
      [11, 1],
      [12, 2],
    ] as const) {
      await store.snapshots.insert(aSnapshot(snapshot, volume, { status: 'error' }));
      await store.snapshots.setLeftBehind(id(snapshot), { backendId: 'x', previousStatus: 'deleting' });
    }
    const left = { backendId: 'default', previousStatus: 'available' } as const;
    await store.snapshots.setLeftBehind(id(10), left);
    expect(await store.snapshots.leftBehind(id(10))).toEqual(left);
    expect(await store.snapshots.leftBehindOf('node1@fa')).toEqual([
      { id: id(10), volumeId: id(1), groupSnapshotId: null, status: 'error', ...left },
      {
        id: id(11),
        volumeId: id(1),
        groupSnapshotId: null,
        status: 'error',
        backendId: 'x',
        previousStatus: 'deleting',
      },
    ]);
    await store.snapshots.setLeftBehind(id(10), null);
    await store.snapshots.delete(id(11));
    expect(await store.snapshots.leftBehind(id(10))).toBeNull();
    expect(await store.snapshots.leftBehind(id(11))).toBeNull();
    expect(await store.snapshots.leftBehindOf('node1@fa')).toEqual([]);
  });

  test('is deleted softly, with its metadata', async () => {
    const path = join(aFolder(), 'state.sqlite');
    const { store } = await aStore(path);
    await store.volumes.insert(aVolume(1));
    await store.snapshots.insert(aSnapshot(10, 1, { metadata: { a: 'b' } }));
    await store.snapshots.delete(id(10));
    await store.snapshots.delete(id(10));
    expect(await store.snapshots.get(id(10))).toBeNull();
    using database = new DatabaseSync(path);
    expect({ ...database.prepare('SELECT status, deleted, deleted_at FROM snapshots').get() }).toEqual({
      status: 'deleted',
      deleted: 1,
      deleted_at: '2026-11-21 00:00:00.000000',
    });
    expect({ ...database.prepare('SELECT deleted FROM snapshot_metadata').get() }).toEqual({ deleted: 1 });
  });
});

test.each<[string, Partial<SnapshotFilter>, readonly number[]]>([
  ['nothing', {}, [10, 11]],
  ['every project', { projectId: null }, [10, 11, 12]],
  ['ids', { ids: [id(11), id(12)] }, [11]],
  ['volume', { volumeId: id(2) }, [11]],
  ['name', { displayName: { operator: 'like', value: 'shot 10' } }, [10]],
  ['status', { status: { operator: 'neq', value: 'available' } }, [11]],
  ['metadata', { metadata: { a: '1' } }, [10]],
  ['quota', { consumesQuota: false }, [11]],
  ['age', { createdAt: [{ operator: 'gt', value: new Date('2026-11-21T00:00:00Z') }] }, [11]],
  ['change', { updatedAt: [{ operator: 'gt', value: new Date('2026-11-21T00:00:00Z') }] }, []],
])('a filter of snapshots by %s finds those that meet it', async (_, filter, numbers) => {
  const { store, clock } = await aStore();
  await store.volumes.insert(aVolume(1));
  await store.volumes.insert(aVolume(2));
  await store.snapshots.insert(aSnapshot(10, 1, { metadata: { a: '1' } }));
  clock.advance(1);
  await store.snapshots.insert(aSnapshot(11, 2, { status: 'error', useQuota: false }));
  await store.snapshots.insert(aSnapshot(12, 1, { projectId: projectB }));
  const found = await store.snapshots.list(
    { projectId: projectA, ...filter },
    { sort: [{ key: 'name', direction: 'asc' }], limit: 10, offset: 0, marker: null },
  );
  expect(found).toMatchObject({ kind: 'page', rows: numbers.map((number) => ({ id: id(number) })) });
  expect(found.kind === 'page' && found.rows.length).toBe(numbers.length);
});
