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
  group_type_specs: 'group_type_id',
} as const;

export type PairTable = keyof typeof ownerColumnOf;

interface PairRow {
  readonly id: number;
  readonly owner: string;
  readonly key: string | null;
  readonly value: string | null;
}

/** Pairs by owner; an owner without any has none. */
export interface OwnedPairs {
  of(owner: string): Metadata;
}

/** The live pairs of several owners: one query, however many owners a page has. */
export async function loadPairs(
  db: Executor,
  table: PairTable,
  owners: readonly string[],
): Promise<OwnedPairs> {
  const found = new FoundPairs(table);
  for (const chunk of inChunks(owners)) {
    found.add(await liveRows(db, table, chunk));
  }
  return found;
}

/** The same of owners that have pairs in several tables: one query for all of these. */
export async function loadPairsOf<const Table extends PairTable>(
  db: Executor,
  tables: readonly [Table, ...Table[]],
  owners: readonly string[],
): Promise<Readonly<Record<Table, OwnedPairs>>>;
export async function loadPairsOf(
  db: Executor,
  tables: readonly PairTable[],
  owners: readonly string[],
): Promise<Readonly<Record<string, OwnedPairs>>> {
  const found = new Map(tables.map((table) => [table, new FoundPairs(table)]));
  for (const chunk of inChunks(owners)) {
    const parts = tables.map((table) => {
      const owner = sql.ref(ownerColumnOf[table]);
      return sql`select ${table} as "table", id, ${owner} as owner, "key", value from ${sql.table(table)}
        where ${owner} in (${sql.join(chunk)}) and deleted = 0`;
    });
    const { rows } = await sql<PairRow & { readonly table: PairTable }>`
      ${sql.join(parts, sql` union all `)} order by id`.execute(db);
    for (const row of rows) {
      found.get(row.table)?.add([row]);
    }
  }
  return Object.fromEntries(found);
}

class FoundPairs implements OwnedPairs {
  readonly #table: PairTable;
  readonly #found = new Map<string, (readonly [string, string])[]>();

  constructor(table: PairTable) {
    this.#table = table;
  }

  add(rows: readonly PairRow[]): void {
    for (const row of rows) {
      const reader = new RowReader(this.#table, row, row.id);
      const pairs = this.#found.get(row.owner) ?? [];
      pairs.push([reader.text('key'), reader.text('value')]);
      this.#found.set(row.owner, pairs);
    }
  }

  of(owner: string): Metadata {
    // fromEntries defines keys instead of assigning them, so that `__proto__` is a key like any other.
    return Object.fromEntries(this.#found.get(owner) ?? []);
  }
}

/** For an owner that is new: it has no pairs yet. */
export async function insertPairs(
  db: Executor,
  table: PairTable,
  owner: string,
  pairs: Metadata,
  now: string,
): Promise<void> {
  const rows = Object.entries(pairs).map(([key, value]) => sql`(${now}, 0, ${owner}, ${key}, ${value})`);
  for (const chunk of inChunks(rows)) {
    await sql`
      insert into ${sql.table(table)} (created_at, deleted, ${sql.ref(ownerColumnOf[table])}, "key", value)
      values ${sql.join(chunk)}`.execute(db);
  }
}

/** Writes the pairs; `replace` also deletes every other one. What stays the same is not written again. */
export async function setPairs(
  db: Executor,
  table: PairTable,
  owner: string,
  pairs: Metadata,
  how: 'merge' | 'replace',
  now: string,
): Promise<void> {
  const rows = await liveRows(db, table, [owner]);
  const wanted = new Map(Object.entries(pairs));
  for (const row of rows) {
    const value = row.key === null ? undefined : wanted.get(row.key);
    if (value === undefined) {
      if (how === 'replace') {
        await softDelete(db, table, 'id', row.id, now);
      }
    } else if (value !== row.value) {
      await sql`
        update ${sql.table(table)} set value = ${value}, updated_at = ${now} where id = ${row.id}`.execute(
        db,
      );
    }
  }
  const kept = new Set(rows.map((row) => row.key));
  const added = Object.fromEntries([...wanted].filter(([key]) => !kept.has(key)));
  await insertPairs(db, table, owner, added, now);
}

/** @returns false when there is no such key */
export async function deletePair(
  db: Executor,
  table: PairTable,
  owner: string,
  key: string,
  now: string,
): Promise<boolean> {
  const result = await sql`
    update ${sql.table(table)} set deleted = 1, deleted_at = ${now}
    where ${sql.ref(ownerColumnOf[table])} = ${owner} and "key" = ${key} and deleted = 0`.execute(db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

async function liveRows(
  db: Executor,
  table: PairTable,
  owners: readonly string[],
): Promise<readonly PairRow[]> {
  const owner = sql.ref(ownerColumnOf[table]);
  const { rows } = await sql<PairRow>`
    select id, ${owner} as owner, "key", value from ${sql.table(table)}
    where ${owner} in (${sql.join(owners)}) and deleted = 0 order by id`.execute(db);
  return rows;
}
