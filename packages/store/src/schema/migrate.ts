import type { RecordsSource } from '../database/records-source.ts';
import type { SqliteConnection } from '../dialect/sqlite/sqlite-connection.ts';
import { StoreError } from '../errors.ts';
import { cinderRevision, cinderSchema } from './cinder/cinder-schema.ts';
import { ownMigrations } from './own-schema.ts';
import { seedStatements } from './seed.ts';

/**
 * Makes the database one that this package works on: a new file gets Cinder's schema, its first rows and our tables; a
 * database of Cinder 21 gets our tables; ours gets what newer versions of us added. Anything else is left as it is.
 * All of it is one transaction, so a crash leaves the file as it was.
 * @param path names the file in errors
 * @throws StoreError `schema` when the file is of somebody else or of another version; nothing was changed then
 */
export function migrate(connection: SqliteConnection, path: string, source: RecordsSource): void {
  const tables = tableNames(connection);
  if (tables.size > 0) {
    checkCinderRevision(connection, tables, path);
    checkTables(tables, path);
  }
  const from = tables.has('flasharray_schema') ? ownVersion(connection, path) : 0;
  if (from > ownMigrations.length) {
    throw new StoreError(
      'schema',
      `${path} was written by a newer release (flasharray_schema ${from}; this one knows ${ownMigrations.length})`,
    );
  }
  connection.configure();
  if (from === ownMigrations.length) {
    return;
  }
  inTransaction(connection, () => {
    if (tables.size === 0) {
      for (const statement of [...cinderSchema, ...seedStatements(source)]) {
        connection.execute(statement);
      }
    }
    for (const statement of ownMigrations.slice(from).flat()) {
      connection.execute(statement);
    }
    if (from === 0) {
      connection.execute('CREATE TABLE flasharray_schema (version INTEGER NOT NULL)');
      connection.execute('INSERT INTO flasharray_schema (version) VALUES (0)');
    }
    connection.execute(`UPDATE flasharray_schema SET version = ${ownMigrations.length}`);
  });
}

function tableNames(connection: SqliteConnection): ReadonlySet<string> {
  const rows = connection.query(
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  );
  return new Set(rows.map((row) => String(row.name)));
}

function checkCinderRevision(connection: SqliteConnection, tables: ReadonlySet<string>, path: string): void {
  if (!tables.has('alembic_version')) {
    throw new StoreError('schema', `${path} is not a Cinder database: it has tables, but no alembic_version`);
  }
  const revisions = connection
    .query('SELECT version_num FROM alembic_version')
    .map((row) => String(row.version_num));
  if (revisions.length !== 1 || revisions[0] !== cinderRevision) {
    throw new StoreError(
      'schema',
      `${path} has Cinder's schema ${revisions.join(', ') || '(none)'}; this release works on ${cinderRevision} (Zed)`,
    );
  }
}

/** A database that says the right revision and lacks tables was cut short or taken apart. */
function checkTables(tables: ReadonlySet<string>, path: string): void {
  const missing = cinderSchema
    .flatMap((statement) => /^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? [])
    .filter((table) => !tables.has(table));
  if (missing.length > 0) {
    throw new StoreError('schema', `${path} lacks tables of Cinder: ${missing.join(', ')}`);
  }
}

function ownVersion(connection: SqliteConnection, path: string): number {
  const [row, ...more] = connection.query('SELECT version FROM flasharray_schema');
  if (typeof row?.version !== 'number' || !Number.isSafeInteger(row.version) || more.length > 0) {
    throw new StoreError('schema', `${path}: flasharray_schema does not hold one version`);
  }
  return row.version;
}

function inTransaction(connection: SqliteConnection, work: () => void): void {
  connection.execute('BEGIN IMMEDIATE');
  try {
    work();
    connection.execute('COMMIT');
  } catch (error) {
    if (connection.inTransaction) {
      connection.execute('ROLLBACK');
    }
    throw error;
  }
}
