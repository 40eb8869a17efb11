import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { formatTimestamp } from '../database/values.ts';
import type { Comparison } from '../page.ts';
import type { Metadata } from '../records.ts';

/** One condition of a WHERE. Columns are named with their table, `volumes.status`. */
export type Condition = RawBuilder<SqlBool>;

const symbols = {
  eq: sql.raw('='),
  neq: sql.raw('<>'),
  gt: sql.raw('>'),
  gte: sql.raw('>='),
  lt: sql.raw('<'),
  lte: sql.raw('<='),
} as const satisfies Record<Exclude<Comparison<unknown>['operator'], 'like'>, RawBuilder<unknown>>;

/** As SQL compares: a null column meets no comparison, not even `neq`. */
export function compare(column: string, comparison: Comparison<string | number>): Condition {
  const { operator, value } = comparison;
  return operator === 'like'
    ? sql<SqlBool>`${sql.ref(column)} like ${containing(String(value))} escape '\\'`
    : sql<SqlBool>`${sql.ref(column)} ${symbols[operator]} ${value}`;
}

export function compareDate(column: string, comparison: Comparison<Date>): Condition {
  return compare(column, { ...comparison, value: formatTimestamp(comparison.value.getTime()) });
}

export function equals(column: string, value: string | number): Condition {
  return sql<SqlBool>`${sql.ref(column)} = ${value}`;
}

export function isNull(column: string): Condition {
  return sql<SqlBool>`${sql.ref(column)} is null`;
}

export function oneOf(column: string, values: readonly string[]): Condition {
  return values.length === 0 ? sql<SqlBool>`0` : sql<SqlBool>`${sql.ref(column)} in (${sql.join(values)})`;
}

/** A pattern for LIKE: the text anywhere, its own wildcards taken literally. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/** Rows of `host` at a back end (`host@backend`): the back end itself, or one of its pools (`host@backend#pool`). */
export function ofBackend(column: string, host: string): Condition {
  // `$` follows `#`: a range, unlike LIKE, is sensitive to case and can use an index.
  return sql<SqlBool>`(${sql.ref(column)} = ${host}
    or (${sql.ref(column)} >= ${`${host}#`} and ${sql.ref(column)} < ${`${host}$`}))`;
}

/** Every pair is among the live rows that a table of pairs has for the owner. */
export function hasPairs(
  pairs: { readonly table: string; readonly ownerColumn: string; readonly owner: string },
  metadata: Metadata,
): readonly Condition[] {
  return Object.entries(metadata).map(
    ([key, value]) => sql<SqlBool>`exists (
      select 1 from ${sql.table(pairs.table)} as pair
      where ${sql.ref(`pair.${pairs.ownerColumn}`)} = ${sql.ref(pairs.owner)}
        and pair.deleted = 0 and pair.key = ${key} and pair.value = ${value})`,
  );
}

/** No live row of `table`, or none with that status, refers to the owner. */
export function withoutRows(
  table: string,
  column: string,
  owner: string,
  only: { readonly status?: string } = {},
): Condition {
  const status = only.status === undefined ? sql`1` : sql`child.status = ${only.status}`;
  return sql<SqlBool>`not exists (
    select 1 from ${sql.table(table)} as child
    where ${sql.ref(`child.${column}`)} = ${sql.ref(owner)} and child.deleted = 0 and ${status})`;
}

export function all(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql<SqlBool>`1` : sql<SqlBool>`${sql.join(conditions, sql` and `)}`;
}
