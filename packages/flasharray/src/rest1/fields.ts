import { bytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { ConnectionCount } from '../port/volumes.ts';
import type { Parameters, Rest1Client } from './client.ts';

/** Bytes, as every size in REST 1.x. */
export const size = z.int().nonnegative().transform(bytes);

/** `2019-06-03T10:20:00Z` (REST 1.2 and newer, section 3.4) as milliseconds since the epoch. */
export const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** REST 1.x rows do not count connections. */
export const notCounted: ConnectionCount = { kind: 'not-counted' };

/** Filters are certain from REST 1.12 on (section 6.1). */
const filterVersion = 12;

/** A parameter that has the array filter a list by name, `*` standing for any text; nothing where it may not be able to. */
export function nameFilter(client: Rest1Client, pattern: string): Parameters {
  return client.has(filterVersion) ? { filter: `name='${pattern.replace(/[\\']/g, '\\$&')}'` } : {};
}
