import { z } from 'zod';
import { adminOperation } from './admin-operations.ts';
import type { SimulatorControl } from './control.ts';
import { fault, hold, simulatedInterface } from './parameters.ts';

/** One operation of the control interface as it goes over HTTP. */
export type HttpOperation = {
  /** Whether it may change what is kept: its answer then says that the change is on disk. */
  readonly changes: boolean;
  /**
   * @param body a JSON array of the arguments
   * @returns JSON
   * @throws z.ZodError for arguments that are none
   */
  readonly serve: (control: SimulatorControl, body: unknown) => Promise<unknown>;
};

const array = z.string();
const oneArray = z.tuple([array]);

/** Every operation of the control interface, by name: the last part of its path. */
export const controlOperations = {
  reset: changing(z.union([oneArray, z.tuple([])]), (control, [name]) => control.reset(name)),
  state: asking(oneArray, (control, [name]) => control.state(name)),
  clock: asking(z.tuple([]), (control) => control.clock()),
  advance: changing(z.tuple([z.number()]), (control, [milliseconds]) => control.advance(milliseconds)),
  requests: asking(
    z.union([oneArray, z.tuple([array, z.strictObject({ since: z.number().exactOptional() })])]),
    (control, [name, options]) => control.requests(name, options),
  ),
  clearRequests: changing(oneArray, (control, [name]) => control.clearRequests(name)),
  addFault: changing(z.tuple([array, fault]), (control, given) => control.addFault(...given)),
  faults: asking(oneArray, (control, [name]) => control.faults(name)),
  removeFault: changing(z.tuple([array, z.string()]), (control, given) => control.removeFault(...given)),
  clearFaults: changing(oneArray, (control, [name]) => control.clearFaults(name)),
  armHold: changing(z.tuple([array, hold]), (control, given) => control.armHold(...given)),
  waitForHold: asking(z.tuple([array, z.string(), z.number()]), (control, given) =>
    control.waitForHold(...given),
  ),
  releaseHold: changing(z.tuple([array, z.string(), z.enum(['continue', 'drop'])]), (control, given) =>
    control.releaseHold(...given),
  ),
  openGate: changing(oneArray, (control, [name]) => control.openGate(name)),
  closeGate: changing(oneArray, (control, [name]) => control.closeGate(name)),
  readVolume: asking(z.tuple([array, z.string(), z.number(), z.number()]), async (control, given) =>
    Buffer.from(await control.readVolume(...given)).toString('base64'),
  ),
  writeVolume: changing(
    z.tuple([array, z.string(), z.number(), z.base64()]),
    (control, [name, volume, offset, text]) =>
      control.writeVolume(name, volume, offset, Buffer.from(text, 'base64')),
  ),
  setInterfaces: changing(z.tuple([array, z.array(simulatedInterface)]), (control, given) =>
    control.setInterfaces(...given),
  ),
  setArrayDown: changing(
    z.union([z.tuple([array, z.boolean()]), z.tuple([array, z.boolean(), z.enum(['refuse', 'hang'])])]),
    (control, [name, down, how]) => control.setArrayDown(name, down, how),
  ),
  setReplication: changing(
    z.tuple([
      z.strictObject({
        propagationMs: z.number().exactOptional(),
        transferMs: z.number().exactOptional(),
        resyncMs: z.number().exactOptional(),
      }),
    ]),
    (control, [settings]) => control.setReplication(settings),
  ),
  setReplicationLink: changing(z.tuple([array, array, z.enum(['up', 'partial', 'down'])]), (control, given) =>
    control.setReplicationLink(...given),
  ),
  setMediator: changing(z.tuple([array, z.boolean()]), (control, given) => control.setMediator(...given)),
  expireSessions: changing(oneArray, (control, [name]) => control.expireSessions(name)),
  createApiToken: changing(
    z.union([
      z.tuple([array, z.string()]),
      z.tuple([array, z.string(), z.strictObject({ timeoutMs: z.number().exactOptional() })]),
    ]),
    (control, [name, user, options]) => control.createApiToken(name, user, options),
  ),
  listApiTokens: asking(
    z.union([
      oneArray,
      z.tuple([
        array,
        z.strictObject({ user: z.string().exactOptional(), expose: z.boolean().exactOptional() }),
      ]),
    ]),
    (control, [name, options]) => control.listApiTokens(name, options),
  ),
  deleteApiToken: changing(z.tuple([array, z.string()]), (control, given) =>
    control.deleteApiToken(...given),
  ),
  admin: changing(z.tuple([array, adminOperation]), (control, given) => control.admin(...given)),
} as const satisfies Readonly<Record<keyof SimulatorControl, HttpOperation>>;

function asking<T>(
  given: z.ZodType<T>,
  run: (control: SimulatorControl, given: T) => Promise<unknown>,
): HttpOperation {
  return { changes: false, serve: async (control, body) => await run(control, given.parse(body)) };
}

function changing<T>(
  given: z.ZodType<T>,
  run: (control: SimulatorControl, given: T) => Promise<unknown>,
): HttpOperation {
  return { ...asking(given, run), changes: true };
}
