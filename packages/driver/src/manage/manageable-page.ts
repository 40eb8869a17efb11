import { DriverError } from '../contract/driver-error.ts';
import type { ManageableRequest } from '../contract/records.ts';

/** What the sorting looks at: one slim record for each object of the array. */
export interface Sortable {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

const byName = (one: Sortable, other: Sortable): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
const compare = {
  reference: byName,
  size: (one: Sortable, other: Sortable): number => one.size - other.size,
} as const;

/**
 * The entries after the marker, at most `limit` of them. Equal ones stand by name, so that pages join without gap or
 * repeat.
 * @throws DriverError `invalid-marker`
 */
export function pageOf<Entry extends Sortable>(
  entries: readonly Entry[],
  { marker, limit, offset, sort }: Pick<ManageableRequest, 'marker' | 'limit' | 'offset' | 'sort'>,
): readonly Entry[] {
  const keys = sort.length === 0 ? [{ key: 'reference', direction: 'desc' } as const] : sort;
  const sorted = entries.toSorted((one, other) => {
    for (const { key, direction } of keys) {
      const order = compare[key](one, other);
      if (order !== 0) {
        return direction === 'asc' ? order : -order;
      }
    }
    return byName(one, other);
  });
  const start = (marker === null ? 0 : positionAfter(sorted, marker)) + offset;
  return sorted.slice(start, start + limit);
}

function positionAfter(entries: readonly Sortable[], marker: Readonly<Record<string, unknown>>): number {
  const name = marker['source-name'] ?? marker.name;
  const index = entries.findIndex((entry) => entry.name === name);
  if (index < 0) {
    throw new DriverError('invalid-marker', `marker not found: ${JSON.stringify(marker)}`, {
      nothingMade: true,
    });
  }
  return index + 1;
}
