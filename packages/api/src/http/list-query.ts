import type { Comparison, PageRequest, SortKey } from '@cinder-flasharray/store';
import { badRequest } from './api-error.ts';
import type { ApiRequest } from './route.ts';

/** Query parameters that are no filters. */
export const pagingParameters = [
  'limit',
  'marker',
  'offset',
  'sort',
  'sort_key',
  'sort_dir',
  'all_tenants',
  'with_count',
];

function wholeNumber(request: ApiRequest, name: string): number | null {
  const text = request.query.get(name);
  if (text === null) {
    return null;
  }
  if (!/^-?\d+$/.test(text)) {
    throw badRequest(`${name} param must be an integer`);
  }
  const number = Number(text);
  if (number < 0) {
    throw badRequest(`${name} param must be positive`);
  }
  return number;
}

/** Public names of columns that have another name inside. */
const renamed: Readonly<Record<string, string>> = { name: 'display_name', volume_type: 'volume_type_id' };

/**
 * Limit, marker, offset and order of a list.
 * @throws ApiError 400 for what is not a number, negative, or no column to sort by
 */
export function pageRequest<Key extends string>(
  request: ApiRequest,
  sortKeys: readonly Key[],
  maxLimit: number,
): PageRequest<Key> {
  const asked = wholeNumber(request, 'limit');
  return {
    sort: sortOf(request, sortKeys),
    limit: asked === null ? maxLimit : Math.min(asked, maxLimit),
    offset: wholeNumber(request, 'offset') ?? 0,
    marker: request.query.get('marker'),
  };
}

function sortOf<Key extends string>(request: ApiRequest, sortKeys: readonly Key[]): readonly SortKey<Key>[] {
  const { query } = request;
  const sort = query.get('sort');
  const keys = query.getAll('sort_key');
  if (sort !== null && keys.length > 0) {
    throw badRequest(
      'The "sort_key" and "sort_dir" parameters are deprecated and cannot be used with the "sort" parameter.',
    );
  }
  const directions = query.getAll('sort_dir');
  const pairs =
    sort === null
      ? keys.map((key, index) => [key, directions[index] ?? directions[0] ?? 'desc'] as const)
      : sort.split(',').map((part) => {
          const [key = '', direction = 'desc'] = part.trim().split(':');
          return [key, direction] as const;
        });
  return pairs.map(([name, direction]) => {
    const inner = renamed[name] ?? name;
    const key =
      sortKeys.find((candidate) => candidate === inner) ?? sortKeys.find((candidate) => candidate === name);
    if (key === undefined) {
      throw badRequest('Invalid input received: Invalid sort key');
    }
    if (direction !== 'asc' && direction !== 'desc') {
      throw badRequest(
        `Invalid input received: Unknown sort direction, must be 'desc' or 'asc': ${direction}`,
      );
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
  const like = request.minor >= 34 ? request.query.get(`${name}~`) : null;
  return like === null ? undefined : { operator: 'like', value: like };
}

const timeOperators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

/** `created_at=gt:2026-01-01T00:00:00,lt:...` from 3.60. @throws ApiError 400 */
export function timeComparisons(request: ApiRequest, name: string): readonly Comparison<Date>[] | undefined {
  const text = request.minor >= 60 ? request.query.get(name) : null;
  if (text === null) {
    return undefined;
  }
  return text.split(',').map((part) => {
    const colon = part.indexOf(':');
    const word = part.slice(0, colon);
    const operator = timeOperators.find((candidate) => candidate === word) ?? 'eq';
    const time = operator === word ? part.slice(colon + 1) : part;
    const value = new Date(/Z$|[+-]\d\d:?\d\d$/.test(time) ? time : `${time}Z`);
    if (Number.isNaN(value.getTime())) {
      throw badRequest(`filter ${name} is not a time: ${part}`);
    }
    return { operator, value };
  });
}

/** Null sees every project: asked for with all_tenants, by an administrator. */
export function projectFilter(request: ApiRequest): string | null {
  const all = request.query.get('all_tenants') ?? request.query.get('all_projects');
  const wanted = all !== null && ['1', 'true', 'True', 't', 'yes', 'on', ''].includes(all);
  return wanted && request.context.isAdmin ? null : request.context.projectId;
}

/** @throws ApiError 400 for a filter nobody knows, from 3.31 on; before that it is ignored */
export function refuseUnknownFilters(request: ApiRequest, known: readonly string[]): void {
  if (request.minor < 31) {
    return;
  }
  const unknown = [...new Set(request.query.keys())].filter(
    (key) =>
      !pagingParameters.includes(key) && !known.includes(key.replace(/~$/, '')) && key !== 'all_projects',
  );
  if (unknown.length > 0) {
    throw badRequest(
      `Invalid input received: Invalid filters ${unknown.join(', ')} are found in query options.`,
    );
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

/** `[{ rel: 'next', href }]` for the page after this one. */
export function nextLink(request: ApiRequest, lastId: string): readonly Readonly<Record<string, string>>[] {
  const query = new URLSearchParams(request.query);
  query.set('marker', lastId);
  query.delete('offset');
  const project = request.pathProject === null ? '' : `/${request.pathProject}`;
  return [
    { rel: 'next', href: `${request.endpoint}/v3${project}${request.resourcePath}?${query.toString()}` },
  ];
}
