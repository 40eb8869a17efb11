import type { ManageablePage } from '@cinder-flasharray/block-storage';
import type { JsonObject } from '@cinder-flasharray/store';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { askedOrder, limitOf, offsetOf } from '../http/list-query.ts';

const sortKeys = ['reference', 'size'] as const;
const sortDirections = ['asc', 'desc'] as const;

/**
 * Limit, marker, offset and order of a list of what the array has. The marker is the last reference seen, as JSON.
 * @throws ApiError 400
 */
export function manageablePage(query: URLSearchParams, maxLimit: number): ManageablePage {
  const marker = query.get('marker');
  return {
    marker: marker === null ? null : referenceOf(marker),
    limit: limitOf(query, maxLimit),
    offset: offsetOf(query),
    sort: sortOf(query),
  };
}

function sortOf(query: URLSearchParams): ManageablePage['sort'] {
  const asked = askedOrder(query, 'reference').map(({ name, direction }) => ({
    name,
    direction,
    knownKey: sortKeys.find((key) => key === name),
    knownDirection: sortDirections.find((one) => one === direction),
  }));
  const strangeKeys = asked.filter(({ knownKey }) => knownKey === undefined);
  if (strangeKeys.length > 0) {
    throw badRequest(`Invalid sort keys passed: ${strangeKeys.map(({ name }) => name).join(', ')}`);
  }
  const strangeDirections = asked.filter(({ knownDirection }) => knownDirection === undefined);
  if (strangeDirections.length > 0) {
    throw badRequest(
      `Invalid sort dirs passed: ${strangeDirections.map(({ direction }) => direction).join(', ')}`,
    );
  }
  return asked.map(({ knownKey = 'reference', knownDirection = 'desc' }) => ({
    key: knownKey,
    direction: knownDirection,
  }));
}

function referenceOf(marker: string): JsonObject {
  const reference = z.record(z.string(), z.unknown()).safeParse(parsed(marker));
  if (!reference.success) {
    throw badRequest(
      `Invalid input received: marker ${marker} can not be analysed, please use json like format`,
    );
  }
  return reference.data;
}

/** Null for what is no JSON: the caller refuses both. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
