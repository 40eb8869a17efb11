import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { aFolder, aStore } from '../../test/fixtures.ts';
import { cinderSchema } from './cinder/cinder-schema.ts';

const reference = fileURLToPath(
  new URL('../../../../../shared/reference/cinder-schema-zed.sql', import.meta.url),
);

type Row = Readonly<Record<string, unknown>>;

function rows(database: DatabaseSync, sql: string): readonly Row[] {
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
}

function tables(database: DatabaseSync): readonly string[] {
  return rows(
    database,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
  )
    .map((row) => String(row.name))
    .filter((name) => !name.startsWith('flasharray_'));
}

/** All that SQLite knows of a table, but for indexes of our own. */
function shape(database: DatabaseSync, table: string): unknown {
  const indexes = rows(database, `PRAGMA index_list("${table}")`)
    .map(({ name, unique, origin, partial }) => ({ name: String(name), unique, origin, partial }))
    .filter(({ name }) => !name.startsWith('flasharray_ix_'))
    .map((index) => ({ ...index, columns: rows(database, `PRAGMA index_info("${index.name}")`) }))
    .sort((left, right) => left.name.localeCompare(right.name));
  const sql = rows(database, 'SELECT name, sql FROM sqlite_schema').find((row) => row.name === table)?.sql;
  return {
    columns: rows(database, `PRAGMA table_info("${table}")`),
    indexes,
    foreignKeys: rows(database, `PRAGMA foreign_key_list("${table}")`),
    checks: String(sql).match(/CHECK \([^)]*\)\)/g) ?? [],
  };
}

async function aNewDatabase(): Promise<DatabaseSync> {
  const path = join(aFolder(), 'state.sqlite');
  await (await aStore(path)).store.close();
  return new DatabaseSync(path);
}

describe('a new database', () => {
  test("has Cinder's 35 tables, its revision, and our own beside them", async () => {
    using database = await aNewDatabase();
    expect(tables(database)).toHaveLength(36);
    expect(tables(database)).toContain('alembic_version');
    expect(rows(database, 'SELECT * FROM alembic_version')).toEqual([{ version_num: 'c92a3e68beed' }]);
    expect(rows(database, 'SELECT * FROM flasharray_schema')).toEqual([{ version: 4 }]);
    expect(rows(database, 'PRAGMA foreign_key_check')).toEqual([]);
  });

  test("has the rows that Cinder's migrations write", async () => {
    using database = await aNewDatabase();
    expect(rows(database, 'SELECT class_name, resource, hard_limit, deleted FROM quota_classes')).toEqual([
      { class_name: 'default', resource: 'volumes', hard_limit: 10, deleted: 0 },
      { class_name: 'default', resource: 'snapshots', hard_limit: 10, deleted: 0 },
      { class_name: 'default', resource: 'gigabytes', hard_limit: 1000, deleted: 0 },
      { class_name: 'default', resource: 'consistencygroups', hard_limit: 10, deleted: 0 },
      { class_name: 'default', resource: 'per_volume_gigabytes', hard_limit: -1, deleted: 0 },
      { class_name: 'default', resource: 'groups', hard_limit: 10, deleted: 0 },
    ]);
    expect(
      rows(database, 'SELECT resource_type, resource_id, status, race_preventer, updated_at FROM workers'),
    ).toEqual([
      {
        resource_type: 'SENTINEL',
        resource_id: 'SUB-SECOND',
        status: 'OK',
        race_preventer: 0,
        updated_at: '2026-11-21 00:00:00.000123',
      },
    ]);
    expect(rows(database, 'SELECT name, description, is_public, deleted FROM volume_types')).toEqual([
      { name: '__DEFAULT__', description: 'Default Volume Type', is_public: 1, deleted: 0 },
    ]);
    expect(
      rows(
        database,
        `SELECT t.name, t.is_public, s.key, s.value
         FROM group_types t JOIN group_type_specs s ON s.group_type_id = t.id`,
      ),
    ).toEqual([
      {
        name: 'default_cgsnapshot_type',
        is_public: 1,
        key: 'consistent_group_snapshot_enabled',
        value: '<is> True',
      },
    ]);
  });

  test.runIf(existsSync(reference))(
    'has the schema of Cinder 21, table by table (compared with the reference, which is here)',
    async () => {
      using ours = await aNewDatabase();
      using cinders = new DatabaseSync(':memory:');
      cinders.exec(readFileSync(reference, 'utf8'));
      expect(tables(ours)).toEqual(tables(cinders));
      expect(tables(cinders).length).toBe(36);
      for (const table of tables(cinders)) {
        expect(shape(ours, table), table).toEqual(shape(cinders, table));
      }
    },
  );

  test.runIf(!existsSync(reference))(
    'SKIPPED: the schema was not compared with the reference, which is not beside this checkout',
    () => {
      expect(existsSync(reference)).toBe(false);
    },
  );
});

test('a database that Cinder made gets our tables, and keeps its rows', async () => {
  const path = join(aFolder(), 'state.sqlite');
  const database = new DatabaseSync(path);
  for (const statement of cinderSchema) {
    database.exec(statement);
  }
  database.exec(`
    INSERT INTO alembic_version VALUES ('c92a3e68beed');
    INSERT INTO volume_types (id, name, is_public, deleted, created_at)
      VALUES ('t', 'theirs', 1, 0, '2026-11-20 10:11:12');
  `);
  database.close();
  const { store } = await aStore(path);
  expect(await store.volumeTypes.list(null)).toEqual([
    {
      id: 't',
      name: 'theirs',
      description: null,
      isPublic: true,
      qosSpecsId: null,
      extraSpecs: {},
      createdAt: new Date('2026-11-20T10:11:12.000Z'),
      updatedAt: null,
    },
  ]);
  expect(await store.journal.list()).toEqual([]);
});
