import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { aFolder, anAttachment, aSnapshot, aStore, aVolume, id, projectA } from '../../test/fixtures.ts';
import { softDeletedTables } from './soft-deleted-tables.ts';

const day = 86_400_000;

/** A store in a file, and a look at the file. */
async function aStoreInAFile() {
  const path = join(aFolder(), 'state.sqlite');
  const opened = await aStore(path);
  const query = (sql: string): readonly Readonly<Record<string, unknown>>[] => {
    using database = new DatabaseSync(path);
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  };
  const execute = (sql: string): void => {
    using database = new DatabaseSync(path);
    database.exec(sql);
  };
  return { ...opened, query, execute };
}

test('every table with soft deletes is purged, after all that refer to it', async () => {
  const { query } = await aStoreInAFile();
  const tables = query(
    `SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
     WHERE t.type = 'table' AND c.name = 'deleted' ORDER BY t.name`,
  ).map(({ name }) => String(name));
  expect(tables).toHaveLength(33);
  expect(softDeletedTables.map(({ table }) => table).toSorted()).toEqual(tables);
  const keys = query(
    `SELECT k."table" AS "to", t.name AS "from", k."from" AS "column", k."to" AS "key"
     FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table'`,
  ).map((row) => `${row.from}.${row.column} -> ${row.to}.${row.key}`);
  const listed = softDeletedTables.flatMap(({ table, referrers }) =>
    referrers.map(({ from, column, to }) => `${from}.${column} -> ${table}.${to}`),
  );
  expect(listed.toSorted()).toEqual(keys.toSorted());
  const order = softDeletedTables.map(({ table }) => table);
  for (const { table, referrers } of softDeletedTables) {
    for (const { from } of referrers) {
      expect(order.indexOf(from), `${from} before ${table}`).toBeLessThanOrEqual(order.indexOf(table));
    }
  }
});

test('what was deleted before the time goes, with all that hung on it', async () => {
  const { store, clock, query } = await aStoreInAFile();
  await store.volumes.insert(aVolume(1, { metadata: { a: 'b' } }));
  await store.volumes.setAdminMetadata(id(1), 'readonly', 'True');
  await store.snapshots.insert(aSnapshot(11, 1, { metadata: { c: 'd' } }));
  await store.attachments.insert(anAttachment(21, 1));
  await store.snapshots.delete(id(11));
  await store.volumes.delete(id(1));
  clock.advance(30 * day);
  const purged = await store.purgeDeleted({ deletedBefore: new Date(clock.now() - 29 * day), most: 1000 });
  expect(purged).toEqual({
    volume_metadata: 1,
    volume_admin_metadata: 1,
    snapshots: 1,
    snapshot_metadata: 1,
    volume_attachment: 1,
    volumes: 1,
  });
  expect(query('SELECT id FROM volumes')).toEqual([]);
  expect(query('PRAGMA foreign_key_check')).toEqual([]);
  expect(await store.volumes.get(id(1))).toBeNull();
  expect(await store.snapshots.get(id(11))).toBeNull();
});

test('live rows, however old, and rows that were deleted later stay', async () => {
  const { store, clock, query } = await aStoreInAFile();
  await store.volumes.insert(aVolume(1, { metadata: { a: 'b', gone: 'soon' } }));
  await store.volumes.insert(aVolume(2));
  await store.volumes.deleteMetadata(id(1), 'gone');
  clock.advance(40 * day);
  await store.volumes.delete(id(2));
  clock.advance(5 * day);
  const purged = await store.purgeDeleted({ deletedBefore: new Date(clock.now() - 30 * day), most: 1000 });
  expect(purged).toEqual({ volume_metadata: 1 });
  expect(await store.volumes.get(id(1))).toMatchObject({ metadata: { a: 'b' } });
  expect(query('SELECT id FROM volumes ORDER BY id')).toEqual([{ id: id(1) }, { id: id(2) }]);
  expect(query('SELECT count(*) AS n FROM volume_types')).toEqual([{ n: 1 }]);
});

test('a row that a live one refers to stays, and with it nothing breaks', async () => {
  const { store, clock, query, execute } = await aStoreInAFile();
  await store.volumes.insert(aVolume(1));
  await store.snapshots.insert(aSnapshot(11, 1));
  // As somebody may have left it who changed the database by hand.
  execute(`UPDATE volumes SET deleted = 1, deleted_at = '2026-01-01 00:00:00.000000'`);
  const deletedBefore = new Date(clock.now());
  expect(await store.purgeDeleted({ deletedBefore, most: 1000 })).toEqual({});
  expect(await store.snapshots.get(id(11))).toMatchObject({ volumeId: id(1) });
  await store.snapshots.delete(id(11));
  clock.advance(1);
  expect(await store.purgeDeleted({ deletedBefore: new Date(clock.now()), most: 1000 })).toEqual({
    snapshots: 1,
    volumes: 1,
  });
  expect(query('SELECT id FROM volumes')).toEqual([]);
});

test('rows that refer to rows of their own table go before those', async () => {
  const { store, clock, query } = await aStoreInAFile();
  await store.qosSpecs.insert({ id: id(1), name: 'fast', consumer: 'back-end', specs: { maxIOPS: '100' } });
  await store.qosSpecs.delete(id(1));
  clock.advance(1);
  expect(await store.purgeDeleted({ deletedBefore: new Date(clock.now()), most: 1000 })).toEqual({
    quality_of_service_specs: 3,
  });
  expect(query('SELECT id FROM quality_of_service_specs')).toEqual([]);
});

test('no more rows go than asked for; the next purge goes on', async () => {
  const { store, clock } = await aStoreInAFile();
  for (const number of [1, 2, 3]) {
    await store.volumes.insert(aVolume(number));
    await store.volumes.delete(id(number));
  }
  clock.advance(1);
  const request = { deletedBefore: new Date(clock.now()), most: 2 };
  expect(await store.purgeDeleted(request)).toEqual({ volumes: 2 });
  expect(await store.purgeDeleted(request)).toEqual({ volumes: 1 });
  expect(await store.purgeDeleted(request)).toEqual({});
});

test('more rows than one statement removes go in several', async () => {
  const { store, clock, execute, query } = await aStoreInAFile();
  execute(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
    INSERT INTO messages (id, project_id, event_id, message_level, created_at, deleted_at, deleted)
    SELECT 'm' || i, '${projectA}', 'e', 'ERROR', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1 FROM n`);
  expect(await store.purgeDeleted({ deletedBefore: new Date(clock.now()), most: 10_000 })).toEqual({
    messages: 1201,
  });
  expect(query('SELECT count(*) AS n FROM messages')).toEqual([{ n: 0 }]);
});

test('a type that is gone for everybody takes its specs and projects along; usage of its own stays', async () => {
  const { store, clock, query } = await aStoreInAFile();
  await store.volumeTypes.insert({
    id: id(900),
    name: 'gold',
    description: null,
    isPublic: false,
    extraSpecs: { x: 'y' },
  });
  await store.volumeTypes.addAccess(id(900), projectA);
  await store.quotas.change(projectA, { volumes_gold: 1 });
  await store.quotas.change(projectA, { volumes_gold: -1 });
  await store.volumeTypes.delete(id(900));
  clock.advance(1);
  expect(await store.purgeDeleted({ deletedBefore: new Date(clock.now()), most: 1000 })).toMatchObject({
    volume_type_extra_specs: 1,
    volume_types: 1,
  });
  expect(query(`SELECT name FROM volume_types`)).toEqual([{ name: '__DEFAULT__' }]);
  await store.quotas.change(projectA, { volumes_gold: 1 });
  expect((await store.quotas.usages(projectA)).volumes_gold).toEqual({ inUse: 1, reserved: 0 });
});
