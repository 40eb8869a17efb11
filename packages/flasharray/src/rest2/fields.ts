import { bytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import type { ConnectionCount, QosLimits } from '../port/volumes.ts';

/** Bytes, as every size in REST 2.x. */
export const size = z.int().nonnegative().transform(bytes);

/** Milliseconds since the epoch. */
export const time = z.int();

/** A reference that may lead nowhere: `null` and `{"name": null}` mean the same. */
export const optionalName = optional(z.object({ name: optional(z.string()) })).transform((reference) =>
  reference === null || reference.name === '' ? null : reference.name,
);

/** A reference that must lead somewhere. */
export const requiredName = z.object({ name: z.string().min(1) }).transform((reference) => reference.name);

/** `connection_count`, where the array gave it. */
export const connectionCount = optional(z.int().nonnegative()).transform(
  (count): ConnectionCount => (count === null ? { kind: 'not-counted' } : { kind: 'counted', count }),
);

/** Limits in a `PATCH`: the empty text unsets one (section 7.1). */
export function qosBody({ iops, bytesPerSecond }: QosLimits): object {
  return { iops_limit: iops ?? '', bandwidth_limit: bytesPerSecond ?? '' };
}
