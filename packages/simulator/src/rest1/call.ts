import type { Json, JsonObject } from '../http/messages.ts';
import { Refusal } from '../model/rules/refusal.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import { compareNames } from '../model/state/registry.ts';
import { compileFilter } from '../query/filter.ts';
import { compileSort } from '../query/sort.ts';
import type { Rest1Parameters } from './parameters.ts';

/** Parameters read by the types a call wants; booleans and lists also in their text forms. */
export class ParameterReader {
  readonly #parameters: Rest1Parameters;

  constructor(parameters: Rest1Parameters) {
    this.#parameters = parameters;
  }

  has(name: string): boolean {
    const value = this.#parameters[name];
    return value !== undefined && value !== null;
  }

  flag(name: string): boolean {
    const value = this.#parameters[name];
    return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
  }

  text(name: string): string | undefined {
    const value = this.#parameters[name];
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
  }

  value(name: string): Json | undefined {
    return this.#parameters[name];
  }

  /** A JSON array, or one comma-joined string. */
  list(name: string): readonly string[] | undefined {
    const value = this.#parameters[name];
    if (Array.isArray(value)) return value.map(String);
    if (typeof value !== 'string') return undefined;
    return value === '' ? [] : value.split(',').map((item) => item.trim());
  }

  /** A whole number, also as text. @throws Refusal */
  number(name: string): number | undefined {
    const value = this.#parameters[name];
    if (value === undefined || value === null) return undefined;
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new Refusal('Invalid parameter.', name);
    return number;
  }
}

/** One request to REST 1, its path split. */
export type Rest1Call = {
  readonly model: ArrayModel;
  /** `N` of `1.N`. */
  readonly minor: number;
  readonly method: string;
  readonly parameters: ParameterReader;
  readonly user: string;
  readonly pageCap: number;
};

/** What a call answers: any JSON, or a list that paging, sorting and filters apply to. */
export type Rest1Answer =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'list'; readonly rows: RowSource };

/** Rows that are only made when they are shown: a page of a large array must not cost the whole of it. */
export type RowSource = {
  readonly length: number;
  readonly slice: (start: number, end: number) => readonly JsonObject[];
};

export const value = (json: Json): Rest1Answer => ({ kind: 'value', value: json });
export const list = (rows: readonly JsonObject[]): Rest1Answer => ({ kind: 'list', rows });
export const listOf = <T>(records: readonly T[], row: (record: T) => JsonObject): Rest1Answer => ({
  kind: 'list',
  rows: { length: records.length, slice: (start, end) => records.slice(start, end).map(row) },
});

/** A path that this method, or this version, does not have: 404 or 405. */
export class NoSuchCall extends Error {
  readonly status: 404 | 405;

  constructor(status: 404 | 405) {
    super(status === 404 ? 'Not found.' : 'Method not allowed.');
    this.name = 'NoSuchCall';
    this.status = status;
  }
}

/** `2019-06-03T10:20:00Z`; before REST 1.2 `Tue Jan 28 06:15:23 2014` (purity-rest-1.x.md section 3.4). */
export function time(call: Rest1Call, milliseconds: number): string {
  const iso = `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
  if (call.minor >= 2) return iso;
  const [day = '', date = '', month = '', year = ''] = new Date(milliseconds)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date} ${iso.slice(11, 19)} ${year}`;
}

/** Seconds left until eradication; null while live. */
export function timeRemaining(call: Rest1Call, eradicateAt: number | null): number | null {
  return eradicateAt === null ? null : Math.max(0, Math.ceil((eradicateAt - call.model.now()) / 1000));
}

/** Whether `pending` and `pending_only` let an object be listed. */
export function isShown({ parameters }: Rest1Call, eradicateAt: number | null): boolean {
  if (parameters.flag('pending_only')) return eradicateAt !== null;
  return eradicateAt === null || parameters.flag('pending');
}

/** Narrows, orders and cuts a list as its controls say; headers carry the count and the next page (REST 1.7). */
export function page(
  call: Rest1Call,
  rows: RowSource,
): { readonly rows: readonly JsonObject[]; readonly headers: Readonly<Record<string, string>> } {
  const { parameters, minor, pageCap } = call;
  const names = parameters.list('names');
  const filter = parameters.text('filter');
  const sort = parameters.text('sort');
  let shown = rows;
  if (names !== undefined) {
    shown = all(shown).filter((row) => names.some((name) => nameMatches(String(row['name']), name)));
  }
  if (filter !== undefined) {
    const passes = compileFilter(filter);
    shown = all(shown).filter((row) => passes(row));
  }
  if (sort !== undefined) {
    const compare = compileSort(sort);
    if (compare === null) throw new Refusal('Invalid sort.', null);
    shown = [...all(shown)].sort(compare);
  }
  if (minor < 7) return { rows: all(shown), headers: {} };
  const start = tokenStart(parameters.text('token')) ?? parameters.number('start') ?? 0;
  const limit = parameters.number('limit');
  const end =
    limit === undefined && !parameters.has('token')
      ? shown.length
      : start + Math.min(limit ?? pageCap, pageCap);
  const next = end < shown.length ? { 'x-next-token': Buffer.from(`start=${end}`).toString('base64') } : {};
  return { rows: shown.slice(start, end), headers: { 'x-total-item-count': String(shown.length), ...next } };
}

function all(rows: RowSource): readonly JsonObject[] {
  return rows.slice(0, rows.length);
}

function tokenStart(token: string | undefined): number | undefined {
  const [, start] = /^start=(\d+)$/.exec(Buffer.from(token ?? '', 'base64').toString()) ?? [];
  return start === undefined ? undefined : Number(start);
}

/** Names compare without regard to case; `*` stands for anything. */
function nameMatches(name: string, pattern: string): boolean {
  if (!pattern.includes('*')) return compareNames(name, pattern) === 0;
  const expression = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 'i').test(name);
}
