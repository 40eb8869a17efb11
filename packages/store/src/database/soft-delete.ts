import { sql } from 'kysely';
import type { Executor } from './session.ts';
import type { Database } from './tables.ts';

/** Tables whose `deleted` is a boolean. */
type SoftDeletableTable = {
  [Table in keyof Database]: Database[Table] extends { deleted: 0 | 1 | null } ? Table : never;
}[keyof Database];

/**
 * Marks the live rows that `column` selects as deleted. `updated_at` stays, as Cinder's deletes leave it.
 * @returns how many rows that were
 */
export async function softDelete<Table extends SoftDeletableTable>(
  db: Executor,
  table: Table,
  column: keyof Database[Table] & string,
  value: string | number,
  now: string,
): Promise<number> {
  const result = await sql`
    update ${sql.table(table)} set deleted = 1, deleted_at = ${now}
    where ${sql.ref(column)} = ${value} and deleted = 0`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
