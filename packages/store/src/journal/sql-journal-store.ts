import type { Selectable } from 'kysely';
import { inChunks } from '../database/chunks.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Session } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import { formatTimestamp } from '../database/values.ts';
import type { JsonObject } from '../records.ts';
import type { DeferredWork, JournalEntry, JournalStore, NewJournalEntry } from './journal-store.ts';

export class SqlJournalStore implements JournalStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  add(entry: NewJournalEntry): Promise<JournalEntry> {
    return this.#session.run(async (db) =>
      parseEntry(
        await db
          .insertInto('flasharray_journal')
          .values({
            id: this.#source.uuid(),
            operation: entry.operation,
            resource_id: entry.resourceId,
            details: JSON.stringify(entry.details),
            owner: entry.owner,
            attempts: 0,
            created_at: timestampNow(this.#source),
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    );
  }

  postpone(
    id: string,
    about: { readonly notBefore: Date; readonly lastError: string; readonly details?: JsonObject },
  ): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .updateTable('flasharray_journal')
        .set((eb) => ({
          attempts: eb('attempts', '+', 1),
          not_before: formatTimestamp(about.notBefore.getTime()),
          last_error: about.lastError,
          updated_at: timestampNow(this.#source),
          ...(about.details === undefined ? {} : { details: JSON.stringify(about.details) }),
        }))
        .where('id', '=', id)
        .execute();
    });
  }

  replace(id: string, work: Omit<NewJournalEntry, 'owner'>): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .updateTable('flasharray_journal')
        .set({
          operation: work.operation,
          resource_id: work.resourceId,
          details: JSON.stringify(work.details),
          updated_at: timestampNow(this.#source),
        })
        .where('id', '=', id)
        .execute();
    });
  }

  remove(id: string): Promise<void> {
    return this.#session.run(async (db) => {
      await db.deleteFrom('flasharray_journal').where('id', '=', id).execute();
    });
  }

  has(id: string): Promise<boolean> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('flasharray_journal')
        .select('id')
        .where('id', '=', id)
        .executeTakeFirst();
      return row !== undefined;
    });
  }

  list(): Promise<readonly JournalEntry[]> {
    return this.#session.run(async (db) => {
      const rows = await db.selectFrom('flasharray_journal').selectAll().orderBy('sequence').execute();
      return rows.map(parseEntry);
    });
  }

  defer({ host, backendId, operation, details }: DeferredWork): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .insertInto('flasharray_deferred_work')
        .values({ host, backend_id: backendId, operation, details: JSON.stringify(details) })
        .execute();
    });
  }

  deferred(host: string): ReturnType<JournalStore['deferred']> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('flasharray_deferred_work')
        .selectAll()
        .where('host', '=', host)
        .orderBy('id')
        .execute();
      return rows.map(parseDeferred);
    });
  }

  removeDeferred(ids: readonly number[]): Promise<void> {
    return this.#session.run(async (db) => {
      for (const chunk of inChunks(ids)) {
        await db
          .deleteFrom('flasharray_deferred_work')
          .where('id', 'in', [...chunk])
          .execute();
      }
    });
  }
}

function parseDeferred(
  row: Selectable<Database['flasharray_deferred_work']>,
): DeferredWork & { readonly id: number } {
  const reader = new RowReader('flasharray_deferred_work', row, String(row.id));
  return {
    id: reader.integer('id'),
    host: reader.text('host'),
    backendId: reader.text('backend_id'),
    operation: reader.text('operation'),
    details: reader.json('details'),
  };
}

function parseEntry(row: Selectable<Database['flasharray_journal']>): JournalEntry {
  const reader = new RowReader('flasharray_journal', row, row.id);
  return {
    id: reader.text('id'),
    sequence: reader.integer('sequence'),
    operation: reader.text('operation'),
    resourceId: reader.text('resource_id'),
    details: reader.json('details'),
    owner: reader.textOrNull('owner'),
    attempts: reader.integer('attempts'),
    notBefore: reader.dateOrNull('not_before'),
    lastError: reader.textOrNull('last_error'),
    createdAt: reader.date('created_at'),
  };
}
