import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import { StoreError } from '../errors.ts';
import type { InitiatorDataStore } from './initiator-data-store.ts';

export class SqlInitiatorDataStore implements InitiatorDataStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  get(initiator: string, namespace: string, key: string): Promise<string | null> {
    return this.#session.run((db) => read(db, initiator, namespace, key));
  }

  insertIfAbsent(initiator: string, namespace: string, key: string, value: string): Promise<string> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      await db
        .insertInto('driver_initiator_data')
        .values({ created_at: now, initiator, namespace, key, value })
        .onConflict((conflict) =>
          conflict
            .columns(['initiator', 'namespace', 'key'])
            .doUpdateSet({ value, updated_at: now })
            .where('driver_initiator_data.value', 'is', null),
        )
        .execute();
      const standing = await read(db, initiator, namespace, key);
      if (standing === null) {
        throw new StoreError('failure', 'table driver_initiator_data: a value just written is not there');
      }
      return standing;
    });
  }
}

async function read(db: Executor, initiator: string, namespace: string, key: string): Promise<string | null> {
  const row = await db
    .selectFrom('driver_initiator_data')
    .selectAll()
    .where('initiator', '=', initiator)
    .where('namespace', '=', namespace)
    .where('key', '=', key)
    .executeTakeFirst();
  return row === undefined ? null : new RowReader('driver_initiator_data', row, row.id).textOrNull('value');
}
