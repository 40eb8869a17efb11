import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { aFolder, anAttachment, aSnapshot, aStore, aVolume, id, projectA } from '../../test/fixtures.ts';
import type { VolumeChange, VolumeConditions } from './volume-store.ts';

describe('a volume', () => {
  test('comes back as it was inserted, with the time it was made', async () => {
    const { store } = await aStore();
    const made = await store.volumes.insert(
      aVolume(1, {
        metadata: { purpose: 'database', __proto__x: 'y' },
        launchedAt: new Date('2026-11-20T12:34:56.789Z'),
        sharedTargets: null,
        bootable: true,
      }),
    );
    expect(made).toEqual({
      ...aVolume(1),
      metadata: { purpose: 'database', __proto__x: 'y' },
      launchedAt: new Date('2026-11-20T12:34:56.789Z'),
      sharedTargets: null,
      bootable: true,
      adminMetadata: {},
      attachments: [],
      createdAt: new Date('2026-11-21T00:00:00.000Z'),
      updatedAt: null,
    });
    expect(await store.volumes.get(id(1))).toEqual(made);
    expect(await store.volumes.summary(id(1))).toEqual({
      id: id(1),
      projectId: projectA,
      host: 'node1@puredriver-1#pool',
      status: 'available',
      replicationStatus: null,
      replicationDriverData: null,
      volumeTypeId: id(900),
    });
    expect(await store.volumes.ofIds([id(1), id(99)])).toEqual([made]);
  });

  test('keeps a metadata key that JavaScript objects use for themselves', async () => {
    const { store } = await aStore();
    const metadata = Object.fromEntries([['__proto__', 'polluted']]);
    await store.volumes.insert(aVolume(1, { metadata }));
    const read = await store.volumes.get(id(1));
    expect(Object.entries(read?.metadata ?? {})).toEqual([['__proto__', 'polluted']]);
  });

  test('that nobody made is not found, and cannot be changed', async () => {
    const { store } = await aStore();
    expect(await store.volumes.get(id(1))).toBeNull();
    expect(await store.volumes.summary(id(1))).toBeNull();
    expect(await store.volumes.update(id(1), { size: 2 })).toBe(false);
    await expect(store.volumes.setMetadata(id(1), { a: 'b' }, 'merge')).rejects.toMatchObject({
      code: 'constraint',
    });
  });

  test('is refused when its id is taken, and leaves no metadata behind', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await expect(store.volumes.insert(aVolume(1, { metadata: { a: 'b' } }))).rejects.toMatchObject({
      name: 'StoreError',
      code: 'constraint',
    });
    expect((await store.volumes.get(id(1)))?.metadata).toEqual({});
  });

  test('changes only what the change names, and says when', async () => {
    const { store, clock } = await aStore();
    const made = await store.volumes.insert(aVolume(1, { displayDescription: 'kept' }));
    clock.advance(1500);
    expect(await store.volumes.update(id(1), { host: null, bootable: true, sharedTargets: null })).toBe(true);
    expect(await store.volumes.get(id(1))).toEqual({
      ...made,
      host: null,
      bootable: true,
      sharedTargets: null,
      updatedAt: new Date('2026-11-21T00:00:01.500Z'),
    });
  });

  test('shows its live attachments, oldest first, and its admin metadata', async () => {
    const { store, clock } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.attachments.insert(anAttachment(12, 1));
    clock.advance(1);
    await store.attachments.insert(anAttachment(11, 1));
    await store.attachments.insert(anAttachment(13, 1));
    await store.attachments.delete(id(13));
    await store.volumes.setAdminMetadata(id(1), 'readonly', 'True');
    await store.volumes.setAdminMetadata(id(1), 'attached_mode', 'rw');
    await store.volumes.setAdminMetadata(id(1), 'readonly', 'False');
    await store.volumes.setAdminMetadata(id(1), 'attached_mode', null);
    const volume = await store.volumes.get(id(1));
    expect(volume?.attachments.map((attachment) => attachment.id)).toEqual([id(12), id(11)]);
    expect(volume?.adminMetadata).toEqual({ readonly: 'False' });
  });
});

describe('metadata of a volume', () => {
  test('merges into what is there', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { metadata: { a: '1', b: '2' } }));
    await store.volumes.setMetadata(id(1), { b: '3', c: '4' }, 'merge');
    expect((await store.volumes.get(id(1)))?.metadata).toEqual({ a: '1', b: '3', c: '4' });
  });

  test('is replaced as a whole', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { metadata: { a: '1', b: '2' } }));
    await store.volumes.setMetadata(id(1), { b: '3' }, 'replace');
    expect((await store.volumes.get(id(1)))?.metadata).toEqual({ b: '3' });
  });

  test('loses one key, once', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { metadata: { a: '1', b: '2' } }));
    expect(await store.volumes.deleteMetadata(id(1), 'a')).toBe(true);
    expect(await store.volumes.deleteMetadata(id(1), 'a')).toBe(false);
    expect((await store.volumes.get(id(1)))?.metadata).toEqual({ b: '2' });
  });
});

describe('a conditional update', () => {
  const change: VolumeChange = { status: 'deleting' };

  test.each<[string, VolumeConditions, boolean]>([
    ['a status among those asked for', { status: ['error', 'available'] }, true],
    ['another status', { status: ['error'] }, false],
    ['no status at all to be in', { status: [] }, false],
    ['another attach status', { attachStatus: ['attached'] }, false],
    ['no snapshots', { withoutSnapshots: true }, true],
    ['no attachments', { withoutAttachments: true }, true],
    ['no group', { withoutGroup: true }, true],
    ['no migration', { notMigrating: true }, true],
    ['a smaller size', { size: { operator: 'lt', value: 2 } }, true],
    ['a larger size', { size: { operator: 'gt', value: 1 } }, false],
    ['multiattach', { multiattach: true }, false],
    ['one condition that holds and one that does not', { status: ['available'], multiattach: true }, false],
  ])('that asks for %s is decided by the row', async (_, conditions, holds) => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    expect(await store.volumes.updateWhere(id(1), conditions, change)).toBe(holds);
    expect((await store.volumes.get(id(1)))?.status).toBe(holds ? 'deleting' : 'available');
  });

  test('is refused while there is a live snapshot, and not because of a deleted one', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.volumes.insert(aVolume(2));
    await store.snapshots.insert(aSnapshot(10, 1));
    expect(await store.volumes.updateWhere(id(1), { withoutSnapshots: true }, change)).toBe(false);
    expect(await store.volumes.updateWhere(id(2), { withoutSnapshots: true }, change)).toBe(true);
    await store.snapshots.delete(id(10));
    expect(await store.volumes.updateWhere(id(1), { withoutSnapshots: true }, change)).toBe(true);
  });

  test('is refused while there is a live attachment', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.attachments.insert(anAttachment(10, 1));
    expect(await store.volumes.updateWhere(id(1), { withoutAttachments: true }, change)).toBe(false);
    await store.attachments.delete(id(10));
    expect(await store.volumes.updateWhere(id(1), { withoutAttachments: true }, change)).toBe(true);
  });

  test.each([
    ['none', true],
    ['success', true],
    ['error', true],
    ['deleting', true],
    ['starting', false],
    [`target:${id(2)}`, false],
  ])('knows migration status %s', async (migrationStatus, resting) => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { migrationStatus }));
    expect(await store.volumes.updateWhere(id(1), { notMigrating: true }, change)).toBe(resting);
  });

  test('is won by exactly one of many at once', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.volumes.updateWhere(
          id(1),
          { status: ['available'] },
          { status: 'extending', providerId: `taken by ${index}` },
        ),
      ),
    );
    expect(outcomes.filter((won) => won)).toHaveLength(1);
    expect((await store.volumes.get(id(1)))?.providerId).toBe(`taken by ${outcomes.indexOf(true)}`);
  });
});

describe('deleting a volume', () => {
  test('marks the row and everything that hangs on it, as Cinder does', async () => {
    const path = join(aFolder(), 'state.sqlite');
    const { store, clock } = await aStore(path);
    await store.volumes.insert(aVolume(1, { metadata: { a: 'b' }, migrationStatus: 'success' }));
    await store.volumes.insert(aVolume(2, { metadata: { a: 'b' } }));
    await store.volumes.setAdminMetadata(id(1), 'readonly', 'True');
    await store.snapshots.insert(aSnapshot(10, 1));
    await store.attachments.insert(anAttachment(20, 1));
    await store.volumes.updateWhere(id(1), {}, { status: 'deleting' });
    clock.advance(2000);
    await store.volumes.delete(id(1));

    expect(await store.volumes.get(id(1))).toBeNull();
    expect(await store.snapshots.get(id(10))).toBeNull();
    expect(await store.attachments.get(id(20))).toBeNull();
    expect((await store.volumes.get(id(2)))?.metadata).toEqual({ a: 'b' });
    await store.close();

    using database = new DatabaseSync(path);
    expect({
      ...database
        .prepare(
          'SELECT deleted, deleted_at, status, migration_status, updated_at, terminated_at FROM volumes WHERE id = ?',
        )
        .get(id(1)),
    }).toEqual({
      deleted: 1,
      deleted_at: '2026-11-21 00:00:02.000000',
      status: 'deleted',
      migration_status: null,
      updated_at: '2026-11-21 00:00:00.000000',
      terminated_at: '2026-11-21 00:00:00.000000',
    });
    for (const table of ['volume_metadata', 'volume_admin_metadata', 'snapshots', 'volume_attachment']) {
      const rows = database
        .prepare(`SELECT deleted, deleted_at FROM ${table} WHERE volume_id = ?`)
        .all(id(1));
      expect(
        rows.map((row) => ({ ...row })),
        table,
      ).toEqual([{ deleted: 1, deleted_at: '2026-11-21 00:00:02.000000' }]);
    }
  });

  test('can be repeated', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.volumes.delete(id(1));
    await store.volumes.delete(id(1));
    expect(await store.volumes.update(id(1), { size: 2 })).toBe(false);
  });
});

describe('the volumes of a back end', () => {
  test('come from all of its pools, and from no other back end with a similar name', async () => {
    const { store } = await aStore();
    const hosts = ['n@b', 'n@b#p', 'n@b#q', 'n@b2#p', 'N@b#p', 'n@b!#p', null];
    for (const [index, host] of hosts.entries()) {
      await store.volumes.insert(aVolume(index, { host, size: 10 ** index }));
    }
    await store.volumes.insert(aVolume(50, { host: 'n@b#p', size: 7_000_000 }));
    await store.volumes.delete(id(50));
    const found: string[] = [];
    for await (const volumes of store.volumes.ofBackend('n@b')) {
      found.push(...volumes.map((volume) => volume.id));
    }
    expect(found).toEqual([id(0), id(1), id(2)]);
    expect(await store.volumes.allocatedGib('n@b')).toBe(111);
    expect(await store.volumes.allocatedGib('nobody@b')).toBe(0);
  });

  test('come in pages, each volume once, though volumes are deleted meanwhile', async () => {
    const { store } = await aStore();
    await store.transaction(async (records) => {
      for (let number = 0; number < 1201; number += 1) {
        await records.volumes.insert(aVolume(number));
      }
    });
    const sizes: number[] = [];
    const seen = new Set<string>();
    for await (const volumes of store.volumes.ofBackend('node1@puredriver-1')) {
      sizes.push(volumes.length);
      for (const volume of volumes) {
        seen.add(volume.id);
        await store.volumes.delete(volume.id);
      }
    }
    expect(sizes).toEqual([500, 500, 201]);
    expect(seen.size).toBe(1201);
  });
});

test('a row that another program spoiled is refused by name, not guessed at', async () => {
  const path = join(aFolder(), 'state.sqlite');
  const { store } = await aStore(path);
  await store.volumes.insert(aVolume(1));
  using database = new DatabaseSync(path);
  database.exec("UPDATE volumes SET status = 'exploded'");
  await expect(store.volumes.get(id(1))).rejects.toMatchObject({
    code: 'schema',
    message: expect.stringMatching(`^table volumes, row ${id(1)}: status is none of `),
  });
  expect(
    (
      await store.volumes.list(
        { projectId: projectA, ids: [] },
        { sort: [], limit: 1, offset: 0, marker: null },
      )
    ).kind,
  ).toBe('page');
});

test('volumes without a name on the array, and snapshots, are found by back end', async () => {
  const { store } = await aStore();
  const host = 'node1@puredriver-1#puredriver-1';
  await store.volumes.insert(aVolume(1, { host, providerId: 'volume-1-cinder' }));
  await store.volumes.insert(aVolume(2, { host, providerId: null }));
  await store.volumes.insert(aVolume(3, { host: 'node1@puredriver-2#p', providerId: null }));
  await store.snapshots.insert(aSnapshot(10, 1));
  await store.snapshots.insert(aSnapshot(11, 3));
  const idsOf = async (pages: AsyncIterable<readonly { readonly id: string }[]>) => {
    const ids: string[] = [];
    for await (const page of pages) {
      ids.push(...page.map((row) => row.id));
    }
    return ids;
  };
  expect(await idsOf(store.volumes.unnamedOfBackend('node1@puredriver-1'))).toEqual([id(2)]);
  expect(await idsOf(store.snapshots.ofBackend('node1@puredriver-1'))).toEqual([id(10)]);
});

test('copies are found by their volumes, by array and name, each once', async () => {
  const { store } = await aStore();
  const { volumes } = store;
  const third = { backendId: 'fa3', name: 'cinder-pod::volume-1-cinder' };
  const second = { backendId: 'fa2', name: 'volume-1-cinder' };
  const renamed = { backendId: 'fa2', name: 'gold/volume-1-cinder' };
  for (const copy of [third, second, renamed, second]) {
    await volumes.addCopy(id(1), copy);
  }
  await volumes.addCopy(id(2), second);
  await volumes.addCopy(id(3), second);
  await volumes.removeCopy(id(2), second);
  await volumes.removeCopy(id(2), second);
  expect(await volumes.copiesOf([id(1), id(2)])).toEqual(new Map([[id(1), [renamed, second, third]]]));
});
