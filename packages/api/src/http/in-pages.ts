import { BlockStorageError } from '@cinder-flasharray/block-storage';
import { nextLink, pageRequest } from './list-query.ts';
import type { ApiRequest } from './route.ts';

interface Row {
  readonly id: string;
  readonly createdAt: Date;
}

/**
 * One page of a list that is short enough to be read whole: types, messages. Newest first, or as asked for.
 * @throws ApiError 400 for what is no page
 * @throws BlockStorageError `marker-not-found`
 */
export function inPages<R extends Row>(
  request: ApiRequest,
  collection: string,
  rows: readonly R[],
  maxLimit: number,
  how: {
    /** Key of the link to the next page. */
    readonly links: string;
    /** What is said when no row has the marker's id. */
    readonly marker: (id: string) => string;
    readonly view: (row: R) => unknown;
  },
): Readonly<Record<string, unknown>> {
  const { limit, offset, marker, sort } = pageRequest(request, ['id', 'created_at'], maxLimit);
  const keys = sort.length === 0 ? ([{ key: 'created_at', direction: 'desc' }] as const) : sort;
  const order = [...keys, { key: 'id', direction: keys[0]?.direction ?? 'desc' } as const];
  const sorted = rows.toSorted((left, right) => {
    for (const { key, direction } of order) {
      const difference = compare(sortValue(left, key), sortValue(right, key));
      if (difference !== 0) {
        return direction === 'asc' ? difference : -difference;
      }
    }
    return 0;
  });
  const start = marker === null ? 0 : sorted.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && start === 0) {
    throw new BlockStorageError('marker-not-found', how.marker(marker));
  }
  const page = sorted.slice(start + offset, start + offset + limit);
  const last = page.at(-1);
  const more = start + offset + limit < sorted.length;
  return {
    [collection]: page.map(how.view),
    ...(more && last !== undefined ? { [how.links]: nextLink(request, last.id) } : {}),
  };
}

function sortValue(row: Row, key: 'id' | 'created_at'): string {
  return key === 'id' ? row.id : row.createdAt.toISOString();
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
