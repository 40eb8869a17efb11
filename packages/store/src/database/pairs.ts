import { sql } from 'kysely';
import type { Metadata } from '../records.ts';
import { inChunks } from './chunks.ts';
import { RowReader } from './row-reader.ts';
import type { Executor } from './session.ts';
import { softDelete } from './soft-delete.ts';

/** The tables that keep key and value pairs, with the column that names whose they are. */
const ownerColumnOf = {
  volume_metadata: 'volume_id',
  volume_admin_metadata: 'volume_id',
  snapshot_metadata: 'snapshot_id',
  volume_type_extra_specs: 'volume_type_id',
} as const;

export type PairTable = keyof typeof ownerColumnOf;

interface PairRow {
  readonly id: number;
  readonly owner: string;
  readonly key: string | null;
  readonly value: string | null;
}

const none: Metadata = {};

/** The live pairs of several owners: one query, however many they are. An owner without any is not in the map. */
export async function loadPairs(
  db: Executor,
  table: PairTable,
  owners: readonly string[],
): Promise<{ of(owner: string): Metadata }> {
  const found = new Map<string, [string, string][]>();
  for (const chunk of inChunks(owners)) {
    for (const row of await liveRows(db, table, chunk)) {
      const reader = new RowReader(table, { ...row, ...unread }, row.id);
      const pairs = found.get(row.owner) ?? [];
      pairs.push([reader.text('key'), reader.text('value')]);
      found.set(row.owner, pairs);
    }
  }
  return {
    of: (owner) => {
      const pairs = found.get(owner);
      // fromEntries defines keys instead of assigning them, so that `__proto__` is a key like any other.
      return pairs === undefined ? none : Object.fromEntries(pairs);
    },
  };
}
