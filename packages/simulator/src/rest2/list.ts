import type { JsonObject } from '../http/messages.ts';
import { lowerBound, nameKey } from '../model/state/registry.ts';
import { compileFilter, type FilterTag, type RowFilter } from '../query/filter.ts';
import { FilterError } from '../query/filter-types.ts';
import { compileSort } from '../query/sort.ts';
import type { Rest2Call } from './endpoint.ts';
import { invalidParameter } from './errors.ts';

/** A list to answer a GET with. */
export type ListSource<T> = {
  /** All records the request is about, in the order of `key`. */
  readonly records: readonly T[];
  /** Position of a record in the default order: a continuation token remembers it. */
  readonly key: (record: T) => string;
  readonly row: (record: T) => JsonObject;
  readonly tags?: (record: T) => readonly FilterTag[];
  /** Sums for `total_only`; absent: the path has no totals. */
  readonly total?: (rows: readonly JsonObject[]) => JsonObject;
};

/** Answers a GET: filter, sort, one page (purity-rest-2.x.md section 4). */
export function listReply<T>(call: Rest2Call, source: ListSource<T>): JsonObject {
  const { query } = call;
  const filterText = query.text('filter');
  const sortText = query.text('sort');
  const limit = query.integer('limit');
  const wantCount = query.flag('total_item_count') === true;
  let records = source.records;
  if (filterText !== undefined) records = filterRecords(records, source, filterText);
  if (query.flag('total_only') === true && source.total !== undefined) {
    const total = source.total(records.map(source.row));
    return { ...envelope([], records.length, wantCount, false, null), total: [total] };
  }
  if (sortText !== undefined) records = sortRecords(records, source, sortText);
  const token = query.text('continuation_token');
  const start = token === undefined ? (query.integer('offset') ?? 0) : startOf(records, source, token);
  const size = Math.min(limit ?? call.pageCap, call.pageCap);
  const page = records.slice(start, start + size);
  const more = size > 0 && start + size < records.length;
  const last = page.at(-1);
  const byToken = more && sortText === undefined && call.hasContinuationToken && last !== undefined;
  return envelope(
    page.map(source.row),
    records.length,
    wantCount || limit === 0,
    more,
    byToken ? encodeToken(source.key(last)) : null,
  );
}

function envelope(
  rows: readonly JsonObject[],
  count: number,
  wantCount: boolean,
  more: boolean,
  token: string | null,
): JsonObject {
  return {
    continuation_token: token,
    items: rows,
    more_items_remaining: more,
    total_item_count: wantCount ? count : null,
  };
}

function filterRecords<T>(records: readonly T[], source: ListSource<T>, text: string): readonly T[] {
  try {
    const passes: RowFilter = compileFilter(text);
    return records.filter((record) =>
      passes(source.row(record), () => (source.tags === undefined ? [] : source.tags(record))),
    );
  } catch (error) {
    if (error instanceof FilterError) throw invalidParameter('filter');
    throw error;
  }
}

function sortRecords<T>(records: readonly T[], source: ListSource<T>, text: string): readonly T[] {
  const compare = compileSort(text);
  if (compare === null) throw invalidParameter('sort');
  return records
    .map((record) => ({ record, row: source.row(record) }))
    .sort((left, right) => compare(left.row, right.row))
    .map(({ record }) => record);
}

// The token says after which object to go on, so that each object comes exactly once while others come and go.
function startOf<T>(records: readonly T[], source: ListSource<T>, token: string): number {
  const after = decodeToken(token);
  if (after === null) throw invalidParameter('continuation_token');
  return lowerBound(records, (record) => nameKey(source.key(record)) > after);
}

function encodeToken(key: string): string {
  return Buffer.from(`after:${nameKey(key)}`, 'utf8').toString('base64');
}

function decodeToken(token: string): string | null {
  const text = Buffer.from(token, 'base64').toString('utf8');
  return text.startsWith('after:') ? text.slice('after:'.length) : null;
}
