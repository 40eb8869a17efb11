import type { LinkState, ReplicationSettings } from '../model/state/fleet-records.ts';
import type { SimulatedInterface } from '../model/state/simulated-interface.ts';
import type { ArmedFault, Fault, Hold, HoldOutcome } from '../traffic/faults.ts';
import type { LoggedRequest } from '../traffic/requests.ts';
import type { AdminOperation } from './admin-operations.ts';
import type { ArrayState } from './state.ts';

/** A row of `listApiTokens`. */
export type ApiTokenRow = {
  readonly user: string;
  /** `****` unless exposed. */
  readonly token: string;
  /** Array-local (UTC) time, ISO 8601. */
  readonly created: string;
  /** null: never. */
  readonly expires: string | null;
};

/**
 * Steers simulated arrays from outside the product: faults, holds, clock, fixtures, what happened. `array` is the
 * array's name; an unknown one throws SimulatorError `unknown-array`. The same operations go over HTTP (see README).
 */
export interface SimulatorControl {
  /** Back to the state at the first start: no volumes, hosts, faults, holds, gate, log, sessions. Tokens stay. */
  reset(array?: string): Promise<void>;
  /** The whole model as plain JSON, without secrets. */
  state(array: string): Promise<ArrayState>;

  /** The simulated time, ISO 8601 UTC. */
  clock(): Promise<{ readonly now: string }>;
  /** Moves the simulated clock forward; sessions and pending eradications that are due end. */
  advance(milliseconds: number): Promise<{ readonly now: string }>;

  /** Requests since (after) a sequence number, oldest first. The newest 20 000 are kept. */
  requests(array: string, options?: { readonly since?: number }): Promise<readonly LoggedRequest[]>;
  clearRequests(array: string): Promise<void>;

  addFault(array: string, fault: Fault): Promise<{ readonly id: string }>;
  faults(array: string): Promise<readonly ArmedFault[]>;
  removeFault(array: string, id: string): Promise<void>;
  clearFaults(array: string): Promise<void>;

  armHold(array: string, hold: Hold): Promise<{ readonly id: string }>;
  /** Waits until a request is held. `timeoutMs`: at most 60 000 of the network's milliseconds. */
  waitForHold(array: string, id: string, timeoutMs: number): Promise<HoldOutcome>;
  /**
   * Ends a hold, whether or not a request is waiting in it. `drop` cuts the connection; a request dropped (or left by
   * its client) before it was applied is never applied.
   */
  releaseHold(array: string, id: string, how: 'continue' | 'drop'): Promise<void>;

  /**
   * From now on requests wait. When nothing more arrives for a short quiet time, all waiting ones are applied in the
   * order of arrival and answered: one round. Login and the version list pass ungated.
   */
  openGate(array: string): Promise<void>;
  /** Ends the gate; what still waits is answered as a last round. Each round lists `METHOD path`. */
  closeGate(array: string): Promise<{ readonly rounds: readonly (readonly string[])[] }>;

  /** What a volume or snapshot holds; never-written ranges are zeros. At most 16 MiB a call. */
  readVolume(array: string, volume: string, offset: number, length: number): Promise<Uint8Array>;
  /** Writes as a host would. At most 16 MiB a call. */
  writeVolume(array: string, volume: string, offset: number, data: Uint8Array): Promise<void>;

  setInterfaces(array: string, interfaces: readonly SimulatedInterface[]): Promise<void>;
  /**
   * The loss of an array, and its return with what it had then. While down it takes no part in replication; its
   * clients are cut off and refused (until it is up again, on the same port), or with `hang` never answered.
   */
  setArrayDown(array: string, down: boolean, how?: 'refuse' | 'hang'): Promise<void>;
  /** How long replication takes from now on, simulated milliseconds; returns all settings. */
  setReplication(settings: Partial<ReplicationSettings>): Promise<ReplicationSettings>;
  /** The replication network between two arrays: `partial` has lost some of its paths, `down` all of them. */
  setReplicationLink(array: string, peer: string, state: LinkState): Promise<void>;
  /** Whether the array reaches the mediator that decides which side of a cut pod stays online. Default true. */
  setMediator(array: string, reachable: boolean): Promise<void>;
  expireSessions(array: string): Promise<void>;

  /**
   * Makes the user's API token and returns it in clear. Throws `refused`: unknown user, `API token already created.`
   * `timeoutMs`: lifetime; absent = for ever.
   */
  createApiToken(
    array: string,
    user: string,
    options?: { readonly timeoutMs?: number },
  ): Promise<ApiTokenRow>;
  listApiTokens(
    array: string,
    options?: { readonly user?: string; readonly expose?: boolean },
  ): Promise<readonly ApiTokenRow[]>;
  deleteApiToken(array: string, user: string): Promise<void>;

  /** Does something as the array's administrator. */
  admin(array: string, operation: AdminOperation): Promise<void>;
}
