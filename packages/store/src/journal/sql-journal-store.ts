import type { Selectable } from 'kysely';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Session } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import { StoreError } from '../errors.ts';
import type { JsonObject } from '../records.ts';
import type { JournalEntry, JournalStore } from './journal-store.ts';

export class SqlJournalStore implements JournalStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  add(entry: {
    readonly operation: string;
    readonly resourceId: string;
    readonly details: JsonObject;
  }): Promise<JournalEntry> {
    return this.#session.run(async (db) =>
      parseEntry(
        await db
          .insertInto('flasharray_journal')
          .values({
            id: this.#source.uuid(),
            operation: entry.operation,
            resource_id: entry.resourceId,
            details: JSON.stringify(entry.details),
            created_at: timestampNow(this.#source),
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    );
  }

  update(id: string, details: JsonObject): Promise<void> {
    return this.#session.run(async (db) => {
      const result = await db
        .updateTable('flasharray_journal')
        .set({ details: JSON.stringify(details), updated_at: timestampNow(this.#source) })
        .where('id', '=', id)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) {
        // A step noted nowhere would be done again after a crash.
        throw new StoreError('constraint', `there is no journal entry ${id}`);
      }
    });
  }

  remove(id: string): Promise<void> {
    return this.#session.run(async (db) => {
      await db.deleteFrom('flasharray_journal').where('id', '=', id).execute();
    });
  }

  list(): Promise<readonly JournalEntry[]> {
    return this.#session.run(async (db) => {
      const rows = await db.selectFrom('flasharray_journal').selectAll().orderBy('sequence').execute();
      return rows.map(parseEntry);
    });
  }
}

function parseEntry(row: Selectable<Database['flasharray_journal']>): JournalEntry {
  const reader = new RowReader('flasharray_journal', row, row.id);
  return {
    id: reader.text('id'),
    sequence: reader.integer('sequence'),
    operation: reader.text('operation'),
    resourceId: reader.text('resource_id'),
    details: reader.json('details'),
    createdAt: reader.date('created_at'),
  };
}
