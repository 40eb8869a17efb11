import { bytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { ConnectionCount } from '../port/volumes.ts';

/** Bytes, as every size in REST 1.x. */
export const size = z.int().nonnegative().transform(bytes);

/** `2019-06-03T10:20:00Z` (REST 1.2 and newer, section 3.4) as milliseconds since the epoch. */
export const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** REST 1.x rows do not count connections. */
export const notCounted: ConnectionCount = { kind: 'not-counted' };
