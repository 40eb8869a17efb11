import { z } from 'zod';
import type { SimulatedInterface } from '../model/state/simulated-interface.ts';
import type { Fault, Hold, RequestMatch } from '../traffic/faults.ts';

const match = z.strictObject({
  method: z.string().exactOptional(),
  path: z.string().exactOptional(),
  query: z.record(z.string(), z.string()).exactOptional(),
}) satisfies z.ZodType<RequestMatch>;
const when = { match: match.exactOptional(), skip: z.int().nonnegative().exactOptional() };
const often = { ...when, times: z.int().nonnegative().nullable().exactOptional() };

/** A fault as it comes over HTTP. */
export const fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.int(),
    message: z.string().exactOptional(),
    context: z.string().exactOptional(),
    raw: z.string().exactOptional(),
    ...often,
  }),
  z.strictObject({ kind: z.literal('delay'), milliseconds: z.number().nonnegative(), ...often }),
  z.strictObject({ kind: z.literal('hang'), ...often }),
  z.strictObject({ kind: z.literal('cut'), phase: z.enum(['before-apply', 'after-apply']), ...often }),
  z.strictObject({ kind: z.literal('half-body'), ...often }),
  z.strictObject({ kind: z.literal('delete-host'), host: z.string(), ...often }),
]) satisfies z.ZodType<Fault>;

/** A hold as it comes over HTTP. */
export const hold = z.strictObject({
  phase: z.enum(['before-apply', 'before-reply']),
  ...when,
}) satisfies z.ZodType<Hold>;

/** A network interface as it comes over HTTP. */
export const simulatedInterface = z.strictObject({
  name: z.string(),
  address: z.string().nullable(),
  services: z.array(z.string()),
  subtype: z.enum(['physical', 'vif', 'lacp_bond']).exactOptional(),
  enabled: z.boolean().exactOptional(),
  wwn: z.string().exactOptional(),
  controllerStatus: z.enum(['ready', 'not ready', 'updating', 'unknown']).exactOptional(),
}) satisfies z.ZodType<SimulatedInterface>;
