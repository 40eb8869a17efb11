import { sql } from 'kysely';
import type { Session } from '../database/session.ts';
import { formatTimestamp } from '../database/values.ts';
import { type Reference, softDeletedTables } from './soft-deleted-tables.ts';

export interface PurgeRequest {
  /** Rows that were deleted before this go. */
  readonly deletedBefore: Date;
  /** How many rows at most; the next purge goes on. */
  readonly most: number;
}

/** How many rows went, by table; tables that lost none are left out. */
export type PurgedRows = Readonly<Record<string, number>>;

/** Rows that one statement removes. Other work gets the database between two statements. */
const batch = 500;

/**
 * Removes rows for good that were deleted softly long enough ago, children before what they refer to. A row that another
 * one still refers to stays, until that is gone as well.
 */
export async function purgeDeleted(
  session: Session,
  { deletedBefore, most }: PurgeRequest,
): Promise<PurgedRows> {
  const before = formatTimestamp(deletedBefore.getTime());
  const purged: Record<string, number> = {};
  let left = most;
  for (const { table, referrers } of softDeletedTables) {
    // Until nothing is found: rows that refer to rows of their own table go first.
    for (let removed = 1; removed > 0 && left > 0; left -= removed) {
      removed = await removeSome(session, table, referrers, before, Math.min(batch, left));
      if (removed > 0) {
        purged[table] = (purged[table] ?? 0) + removed;
      }
    }
  }
  return purged;
}

function removeSome(
  session: Session,
  table: string,
  referrers: readonly Reference[],
  before: string,
  limit: number,
): Promise<number> {
  const conditions = [
    // Not `= 1`: in volume_type_projects a deleted row has its own id there.
    sql`gone.deleted > 0`,
    sql`gone.deleted_at < ${before}`,
    ...referrers.map(
      ({ from, column, to }) => sql`not exists (
        select 1 from ${sql.table(from)} as referrer
        where ${sql.ref(`referrer.${column}`)} = ${sql.ref(`gone.${to}`)})`,
    ),
  ];
  const statement = sql`
    delete from ${sql.table(table)} where rowid in (
      select gone.rowid from ${sql.table(table)} as gone
      where ${sql.join(conditions, sql` and `)} limit ${limit})`;
  return session.run(async (db) => Number((await statement.execute(db)).numAffectedRows ?? 0n));
}
