import { z } from 'zod';
import type { SimulatedInterface } from '../model/state/simulated-interface.ts';
import type { Fault, Hold } from '../traffic/faults.ts';
import type { AdminOperation } from './admin-operations.ts';

const array = z.string();
const object = z.record(z.string(), z.unknown());

const match = z
  .strictObject({
    method: z.string().optional(),
    path: z.string().optional(),
    query: z.record(z.string(), z.string()).optional(),
  })
  .optional();
const effects = ['status', 'delay', 'hang', 'cut', 'half-body', 'delete-host'];

// What is inside is checked where it is used; here it is only made sure of the kind.
const fault = z.custom<Fault>(
  (value) => {
    const parsed = object.safeParse(value);
    return (
      parsed.success &&
      effects.includes(String(parsed.data.kind)) &&
      match.safeParse(parsed.data.match).success
    );
  },
  { error: `must be an object whose kind is one of ${effects.join(', ')}` },
);
const hold = z.custom<Hold>(
  (value) => {
    const parsed = object.safeParse(value);
    return (
      parsed.success &&
      ['before-apply', 'before-reply'].includes(String(parsed.data.phase)) &&
      match.safeParse(parsed.data.match).success
    );
  },
  { error: 'must be an object whose phase is before-apply or before-reply' },
);
const operation = z.custom<AdminOperation>(
  (value) => {
    const parsed = object.safeParse(value);
    return parsed.success && typeof parsed.data.kind === 'string';
  },
  { error: 'must be an object with a kind' },
);
const interfaces = z.custom<readonly SimulatedInterface[]>(
  (value) =>
    z
      .array(
        z.looseObject({ name: z.string(), address: z.string().nullable(), services: z.array(z.string()) }),
      )
      .safeParse(value).success,
  { error: 'must be a list of interfaces with name, address and services' },
);

/** Arguments of each operation as they come over HTTP. */
export const argumentsOf = {
  array: z.tuple([array]),
  reset: z.union([z.tuple([array]), z.tuple([])]),
  advance: z.tuple([z.number()]),
  requests: z.union([z.tuple([array, z.object({ since: z.number().exactOptional() })]), z.tuple([array])]),
  addFault: z.tuple([array, fault]),
  removeFault: z.tuple([array, z.string()]),
  armHold: z.tuple([array, hold]),
  waitForHold: z.tuple([array, z.string(), z.number()]),
  releaseHold: z.tuple([array, z.string(), z.enum(['continue', 'drop'])]),
  readVolume: z.tuple([array, z.string(), z.number(), z.number()]),
  writeVolume: z.tuple([array, z.string(), z.number(), z.base64()]),
  setInterfaces: z.tuple([array, interfaces]),
  setArrayDown: z.union([
    z.tuple([array, z.boolean(), z.enum(['refuse', 'hang'])]),
    z.tuple([array, z.boolean()]),
  ]),
  setReplication: z.tuple([
    z.strictObject({
      propagationMs: z.number().exactOptional(),
      transferMs: z.number().exactOptional(),
      resyncMs: z.number().exactOptional(),
    }),
  ]),
  setReplicationLink: z.tuple([array, array, z.enum(['up', 'partial', 'down'])]),
  setMediator: z.tuple([array, z.boolean()]),
  createApiToken: z.union([
    z.tuple([array, z.string(), z.object({ timeoutMs: z.number().exactOptional() })]),
    z.tuple([array, z.string()]),
  ]),
  listApiTokens: z.union([
    z.tuple([array, z.object({ user: z.string().exactOptional(), expose: z.boolean().exactOptional() })]),
    z.tuple([array]),
  ]),
  deleteApiToken: z.tuple([array, z.string()]),
  admin: z.tuple([array, operation]),
} as const;
