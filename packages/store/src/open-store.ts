import { randomUUID } from 'node:crypto';
import type { Clock } from '@cinder-flasharray/common';
import { Kysely, SqliteDialect } from 'kysely';
import type { RecordsSource } from './database/records-source.ts';
import { StoreSession } from './database/session.ts';
import type { Database } from './database/tables.ts';
import { takeOwnership } from './dialect/sqlite/ownership.ts';
import { type BeforeStatement, SqliteConnection } from './dialect/sqlite/sqlite-connection.ts';
import { purgeDeleted } from './purge/purge-deleted.ts';
import { migrate } from './schema/migrate.ts';
import { sqlRecords } from './sql-records.ts';
import type { Store } from './store.ts';

export interface OpenStoreOptions {
  /** File name, or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
  /** Makes the ids of rows that nobody else names; random by default. */
  readonly uuid?: () => string;
  /** For simulations. */
  readonly simulation?: StoreSimulation;
}

/** How a simulation takes part in what the store does. */
export interface StoreSimulation {
  readonly beforeStatement: BeforeStatement;
  /** The database is open. `cut` ends it as the death of the process does: what is not committed is lost. */
  readonly opened: (database: { execute(sql: string): void; cut(): void }) => void;
}

/**
 * Opens the database, creating the schema of Cinder 21 at first use. The file belongs to this store until it is closed
 * or its process ends.
 * @throws StoreError `busy` when another process owns it, `schema` when it is not a database of ours
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const source: RecordsSource = { now: () => options.clock.now(), uuid: options.uuid ?? randomUUID };
  const ownership = takeOwnership(options.path);
  let connection: SqliteConnection | null = null;
  try {
    connection = new SqliteConnection(ownership.path, options.simulation?.beforeStatement);
    migrate(connection, options.path, source);
    const opened = connection;
    const release = (): void => {
      opened.close();
      ownership.release();
    };
    options.simulation?.opened({ execute: (sql) => opened.execute(sql), cut: release });
    return makeStore(opened, source, release);
  } catch (error) {
    connection?.close();
    ownership.release();
    throw error;
  }
}

function makeStore(connection: SqliteConnection, source: RecordsSource, release: () => void): Store {
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: connection }) });
  const session = new StoreSession(db, connection);
  return {
    ...sqlRecords(session, source),
    transaction: (work) => session.transaction((inner) => work(sqlRecords(inner, source))),
    purgeDeleted: (request) => purgeDeleted(session, request),
    close: () => session.close(release),
  };
}
