import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Executor } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import type { Page, PageRequest, SortKey } from '../page.ts';
import { all, type Condition, equals } from './conditions.ts';

type ListedTable = 'volumes' | 'snapshots' | 'volume_attachment' | 'groups' | 'group_snapshots';

export interface ListQuery<Table extends ListedTable, Key extends string> {
  readonly table: Table;
  /** What the caller may see at all. The marker must be among it, though it need not pass the filter. */
  readonly visible: readonly Condition[];
  readonly filter: readonly Condition[];
  /** The column behind each sort key. */
  readonly columnOf: Readonly<Record<Key, keyof Database[Table] & string>>;
  readonly page: PageRequest<Key>;
}

interface OrderColumn {
  readonly name: string;
  readonly direction: 'asc' | 'desc';
  readonly nullable: boolean;
}

/**
 * One page of a table. The marker is looked up and the page starts at its place in the order (keyset paging), so a
 * page costs the same at the end of the list as at its start where an index has the order, and rows that come or go
 * in between shift nothing.
 */
export async function listPage<Table extends ListedTable, Key extends string>(
  db: Executor,
  query: ListQuery<Table, Key>,
): Promise<Page<Selectable<Database[Table]>>> {
  const { page } = query;
  const statement = await pageStatement(db, query);
  if (statement === null) {
    return { kind: 'unknown-marker' };
  }
  const { rows } = await statement.execute(db);
  const more = rows.length > page.limit;
  return {
    kind: 'page',
    rows: rows.slice(0, page.limit),
    more,
    count: await countFor(db, query, rows.length, more),
  };
}

/**
 * The statement that reads a page, and one row more to tell whether the list goes on.
 * @returns null when the marker is unknown
 */
export async function pageStatement<Table extends ListedTable, Key extends string>(
  db: Executor,
  query: ListQuery<Table, Key>,
): Promise<RawBuilder<Selectable<Database[Table]>> | null> {
  const { table, page } = query;
  const order = orderOf(page.sort, query.columnOf);
  let conditions = [...query.visible, ...query.filter];
  if (page.marker !== null) {
    const marker = await findMarker(db, query, order, page.marker);
    if (marker === undefined) {
      return null;
    }
    conditions = [...conditions, follows(table, order, marker)];
  }
  const ways = order.map(({ name, direction }) => sql`${sql.ref(`${table}.${name}`)} ${sql.raw(direction)}`);
  return sql<Selectable<Database[Table]>>`
    select * from ${sql.table(table)}
    where ${all(conditions)}
    order by ${sql.join(ways)}
    limit ${page.limit + 1} offset ${page.offset}`;
}

/**
 * The whole order: rows that are alike in the keys asked for are told apart by age and id, in the direction of the
 * first key, as Cinder does.
 */
function orderOf<Key extends string>(
  sort: readonly SortKey<Key>[],
  columnOf: Readonly<Record<Key, string>>,
): readonly OrderColumn[] {
  const direction = sort[0]?.direction ?? 'desc';
  const asked = sort.map((entry) => ({ name: columnOf[entry.key], direction: entry.direction }));
  const names = new Set<string>();
  const order: OrderColumn[] = [];
  for (const { name, direction: way } of [
    ...asked,
    { name: 'created_at', direction },
    { name: 'id', direction },
  ]) {
    // Ids are unique: nothing after them matters, and a column that comes twice decides nothing the second time.
    if (!names.has('id') && !names.has(name)) {
      names.add(name);
      order.push({ name, direction: way, nullable: name !== 'id' && name !== 'created_at' });
    }
  }
  return order;
}

async function findMarker<Table extends ListedTable, Key extends string>(
  db: Executor,
  query: ListQuery<Table, Key>,
  order: readonly OrderColumn[],
  id: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const columns = sql.join(order.map(({ name }) => sql.ref(`${query.table}.${name}`)));
  const { rows } = await sql<Readonly<Record<string, unknown>>>`
    select ${columns} from ${sql.table(query.table)}
    where ${all([equals(`${query.table}.id`, id), ...query.visible])}`.execute(db);
  return rows[0];
}

/** The rows behind the marker. Nulls come first in ascending order and last in descending, as SQLite sorts them. */
function follows(
  table: string,
  order: readonly OrderColumn[],
  marker: Readonly<Record<string, unknown>>,
): Condition {
  const [first, ...rest] = order;
  if (first === undefined) {
    return sql<SqlBool>`0`;
  }
  const column = sql.ref(`${table}.${first.name}`);
  const value = marker[first.name] ?? null;
  const equal = value === null ? sql<SqlBool>`${column} is null` : sql<SqlBool>`${column} = ${value}`;
  const later = comesLater(`${table}.${first.name}`, first, value);
  const either =
    rest.length === 0 ? later : sql<SqlBool>`(${later} or (${equal} and ${follows(table, rest, marker)}))`;
  if (value === null || (first.direction === 'desc' && first.nullable)) {
    return either;
  }
  // Says nothing new, but lets an index start at the marker instead of at the beginning of the list.
  const bound = sql.raw(first.direction === 'asc' ? '>=' : '<=');
  return sql<SqlBool>`(${column} ${bound} ${value} and ${either})`;
}

function comesLater(name: string, order: OrderColumn, value: unknown): Condition {
  const column = sql.ref(name);
  if (order.direction === 'asc') {
    return value === null ? sql<SqlBool>`${column} is not null` : sql<SqlBool>`${column} > ${value}`;
  }
  if (value === null) {
    return sql<SqlBool>`0`;
  }
  return order.nullable
    ? sql<SqlBool>`(${column} < ${value} or ${column} is null)`
    : sql<SqlBool>`${column} < ${value}`;
}

async function countFor<Table extends ListedTable, Key extends string>(
  db: Executor,
  query: ListQuery<Table, Key>,
  read: number,
  more: boolean,
): Promise<number | null> {
  const { page } = query;
  if (page.counted === false) {
    return null;
  }
  if (page.marker === null && page.offset === 0 && !more) {
    // The list fits in its first page: reading it was counting it.
    return read;
  }
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(query.table)}
    where ${all([...query.visible, ...query.filter])}`.execute(db);
  return rows[0]?.count ?? 0;
}
