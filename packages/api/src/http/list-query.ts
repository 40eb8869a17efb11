import type { Comparison, PageRequest, SortKey } from '@cinder-flasharray/store';
import { badRequest } from './api-error.ts';
import { readBoolean } from './fields.ts';
import type { ApiRequest } from './route.ts';

/** Query parameters that are no filters. */
const pagingParameters = ['limit', 'marker', 'offset', 'sort', 'sort_key', 'sort_dir', 'with_count'];
/** Say whose objects are listed; every list knows them. */
const ownerParameters = ['all_tenants', 'all_projects', 'project_id', 'tenant_id'];

/** From these microversions on: refused unknown filters; `name~=`; comparisons of times; `with_count`. */
const since = { refusal: 31, like: 34, count: 45, times: 60 } as const;

/** Limit of a list. @throws ApiError 400 */
export function limitOf(query: URLSearchParams, maxLimit: number): number {
  const given = query.get('limit');
  if (given === null) {
    return maxLimit;
  }
  if (!/^\s*[+-]?\d+\s*$/.test(given)) {
    throw badRequest('limit param must be an integer');
  }
  if (Number(given) < 0) {
    throw badRequest('limit param must be positive');
  }
  return Math.min(Number(given), maxLimit);
}

/** Rows that are left out before the page. @throws ApiError 400 */
export function offsetOf(query: URLSearchParams): number {
  const given = query.get('offset') ?? '0';
  if (!/^-?\d+$/.test(given)) {
    throw badRequest('Invalid input received: offset must be an integer.');
  }
  if (Number(given) < 0) {
    throw badRequest('Invalid input received: offset must be >= 0');
  }
  return Number(given);
}

/** Public names of columns that have another name inside, where there is such a column. */
const renamed: Readonly<Record<string, string>> = { name: 'display_name' };

/**
 * Limit, marker, offset and order of a list.
 * @throws ApiError 400 for what is not a number, negative, or no column to sort by
 */
export function pageRequest<Key extends string>(
  request: ApiRequest,
  sortKeys: readonly Key[],
  maxLimit: number,
): PageRequest<Key> {
  const { query } = request;
  return {
    sort: sortOf(query, sortKeys),
    limit: limitOf(query, maxLimit),
    offset: offsetOf(query),
    marker: query.get('marker'),
    counted: wantsCount(request),
  };
}

/**
 * What a list is to be sorted by, most significant first, unchecked; empty where nothing is asked for.
 * @param defaultKey what is sorted by when only a direction is given
 * @throws ApiError 400 for the old and the new way at once
 */
export function askedOrder(
  query: URLSearchParams,
  defaultKey: string,
): readonly { readonly name: string; readonly direction: string }[] {
  const sort = query.get('sort');
  const sortKey = query.get('sort_key');
  const sortDir = query.get('sort_dir');
  if (sort !== null && (sortKey !== null || sortDir !== null)) {
    throw badRequest(
      "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.",
    );
  }
  if (sort !== null) {
    return sort.split(',').map((part) => {
      const [name = '', direction = ''] = part.split(':').map((word) => word.trim());
      return { name, direction: direction === '' ? 'desc' : direction };
    });
  }
  const single = sortKey ?? (sortDir === null ? null : defaultKey);
  return single === null ? [] : [{ name: single, direction: sortDir ?? 'desc' }];
}

function sortOf<Key extends string>(
  query: URLSearchParams,
  sortKeys: readonly Key[],
): readonly SortKey<Key>[] {
  return askedOrder(query, 'created_at').map(({ name, direction }) => {
    const inner = renamed[name] ?? name;
    const key =
      sortKeys.find((candidate) => candidate === inner) ?? sortKeys.find((candidate) => candidate === name);
    if (key === undefined) {
      throw badRequest('Invalid input received: Invalid sort key');
    }
    if (direction !== 'asc' && direction !== 'desc') {
      throw badRequest("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'.");
    }
    return { key, direction };
  });
}

/** `name=x` is equality; `name~=x`, from 3.34, is "contains". */
export function textComparison(request: ApiRequest, name: string): Comparison<string> | undefined {
  const value = request.query.get(name);
  if (value !== null) {
    return { operator: 'eq', value };
  }
  const like = request.minor >= since.like ? request.query.get(`${name}~`) : null;
  return like === null ? undefined : { operator: 'like', value: like };
}

const timeOperators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

/** `created_at=gt:2026-01-01T00:00:00,lt:...`, from 3.60; times without a zone are UTC. @throws ApiError 400 */
export function timeComparisons(request: ApiRequest, name: string): readonly Comparison<Date>[] | undefined {
  const text = request.minor >= since.times ? request.query.get(name) : null;
  if (text === null) {
    return undefined;
  }
  return text.split(',').map((part) => {
    const [word = '', ...rest] = part.split(':');
    const operator = timeOperators.find((candidate) => candidate === word);
    if (operator === undefined) {
      throw badRequest(`Invalid ${word} operator`);
    }
    const time = rest.join(':');
    const value = new Date(/Z$|[+-]\d\d:?\d\d$/.test(time) || !time.includes('T') ? time : `${time}Z`);
    if (Number.isNaN(value.getTime())) {
      throw badRequest(`Invalid ${time} value`);
    }
    return { operator, value };
  });
}

/**
 * Whose objects are listed: the caller's project's, unless an administrator asks for all (`all_tenants=1`), or for those
 * of one other project (`all_tenants=1&project_id=...`).
 * @returns null for every project's
 * @throws ApiError 400 when `all_tenants` is no boolean
 */
export function projectFilter({ query, context }: ApiRequest): string | null {
  const all = flag(query, 'all_tenants') || flag(query, 'all_projects');
  return all && context.isAdmin ? (query.get('project_id') ?? query.get('tenant_id')) : context.projectId;
}

/**
 * Refuses filters nobody knows from 3.31 on; before that they are ignored. Cinder does so for all but administrators,
 * whose lists such a filter leaves empty: a refusal says more than a list that looks as if there were nothing.
 * @throws ApiError 400
 */
export function refuseUnknownFilters(request: ApiRequest, known: readonly string[]): void {
  if (request.minor < since.refusal) {
    return;
  }
  const unknown = [...new Set(request.query.keys())].filter(
    (key) =>
      !pagingParameters.includes(key) &&
      !ownerParameters.includes(key) &&
      !known.includes(request.minor >= since.like ? key.replace(/~$/, '') : key),
  );
  if (unknown.length > 0) {
    throw badRequest(`Invalid filters ${unknown.join(',')} are found in query options.`);
  }
}

/** A metadata filter: `metadata={"k":"v"}`, with single quotes too as Python writes it. @throws ApiError 400 */
export function metadataFilter(request: ApiRequest): Readonly<Record<string, string>> | undefined {
  const text = request.query.get('metadata');
  if (text === null) {
    return undefined;
  }
  for (const candidate of [text, text.replaceAll(/u?'([^']*)'/g, '"$1"')]) {
    try {
      const parsed: unknown = JSON.parse(candidate);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
        return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
      }
    } catch {
      // The other way of quoting is tried next.
    }
  }
  throw badRequest('Invalid input received: The metadata filter must be an object.');
}

/** `with_count=true`, from 3.45. @throws ApiError 400 when it is no boolean */
export function wantsCount({ minor, query }: ApiRequest): boolean {
  return minor >= since.count && flag(query, 'with_count');
}

/** A boolean parameter; absent is false. @throws ApiError 400 */
export function flag(query: URLSearchParams, name: string): boolean {
  const given = query.get(name);
  const value = given === null ? false : readBoolean(given);
  if (value === null) {
    throw badRequest(`Value '${given}' for '${name}' is not a boolean.`);
  }
  return value;
}

/** A filter by a boolean. @throws ApiError 400 for a word that is none */
export function booleanFilter(query: URLSearchParams, name: string): boolean | undefined {
  const given = query.get(name);
  if (given === null) {
    return undefined;
  }
  const value = readBoolean(given);
  if (value === null) {
    throw badRequest(`Invalid input received: the filter ${name} is not a boolean: ${given}.`);
  }
  return value;
}

/** `[{ rel: 'next', href }]` for the page after this one. */
export function nextLink(request: ApiRequest, lastId: string): readonly Readonly<Record<string, string>>[] {
  const query = new URLSearchParams(request.query);
  query.delete('marker');
  query.delete('offset');
  query.append('marker', lastId);
  const project = request.pathProject === null ? '' : `/${request.pathProject}`;
  return [
    { rel: 'next', href: `${request.endpoint}/v3${project}${request.resourcePath}?${asPython(query)}` },
  ];
}

/** A query as Cinder writes it, so that a link looks the same: `~` stands for itself, `*` does not. */
function asPython(query: URLSearchParams): string {
  return query.toString().replaceAll('%7E', '~').replaceAll('*', '%2A');
}
