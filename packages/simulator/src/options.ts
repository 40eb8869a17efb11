import { SimulatorError } from './errors.ts';
import { isArrayName } from './model/rules/names.ts';
import type { ArrayConnectionType, ReplicationSettings } from './model/state/fleet-records.ts';
import type { SimulatedInterface } from './model/state/simulated-interface.ts';
import type { SimulatorLogEntry } from './traffic/requests.ts';

/** One simulated array. */
export interface SimulatedArrayOptions {
  /** Array name: letters, digits, `-`; 1-56 characters. */
  readonly name: string;
  /** Decides the REST versions offered (see purityVersions). Default: the newest known. */
  readonly purityVersion?: string;
  /** Offer exactly these REST versions instead, for example `['1.2']` or `['1.19', '2.4']`. */
  readonly restVersions?: readonly string[];
  /** TCP port of the REST interface; 0 = any free one (default). */
  readonly port?: number;
  /** Usable capacity in bytes. Default 20 TiB. */
  readonly capacity?: number;
  /** User to API token. Default: one array administrator `pureuser` with a token from the seed. */
  readonly apiTokens?: Readonly<Record<string, string>>;
  /** Users (of apiTokens) that have the role `readonly`. */
  readonly readOnlyUsers?: readonly string[];
  /** An Evergreen//One array: space without reductions and total_provisioned. */
  readonly evergreenOne?: boolean;
  /** Default: iSCSI on ct0.eth4, ct0.eth5, ct1.eth4, ct1.eth5; management on ct0.eth0, ct1.eth0 and the vif vir0. */
  readonly interfaces?: readonly SimulatedInterface[];
  /** First LUN handed out to private connections. Default 1. */
  readonly lunSeed?: number;
  /** Refuse unknown query parameters and body fields of REST 2 with 400. Default true. */
  readonly strict?: boolean;
  /** Objects of a kind, destroyed ones included; more are refused. Default: none. */
  readonly volumeLimit?: number;
  readonly hostLimit?: number;
  readonly snapshotLimit?: number;
  /** The most rows of one page of a list. Default 1000. */
  readonly pageCap?: number;
}

/** Two simulated arrays that are connected from the start. */
export interface ArrayConnectionOptions {
  /** The array that makes the connection. */
  readonly from: string;
  readonly to: string;
  /** Sync replication carries async replication too. Default `async-replication`. */
  readonly type?: ArrayConnectionType;
}

/**
 * Reads `from:to[:sync]`, as a command line has it: `fa1:fa2` for async replication, `fa1:fa2:sync` for both.
 *
 * @throws SimulatorError `invalid`
 */
export function parseArrayConnection(text: string): ArrayConnectionOptions {
  const [from = '', to = '', kind = 'async', ...more] = text.split(':');
  const isUsable = isArrayName(from) && isArrayName(to) && more.length === 0;
  if (!isUsable || (kind !== 'async' && kind !== 'sync')) {
    throw new SimulatorError(
      'invalid',
      `not a connection: "${text}"; it is FROM:TO, FROM:TO:async or FROM:TO:sync`,
    );
  }
  return { from, to, type: `${kind}-replication` };
}

/** A set of simulated arrays. */
export interface FleetOptions {
  readonly arrays: readonly SimulatedArrayOptions[];
  /** Connections between these arrays, made as by their administrators; one that exists already stays. */
  readonly connections?: readonly ArrayConnectionOptions[];
  /** How long replication takes. Default: no time at all. `setReplication` changes it later. */
  readonly replication?: Partial<ReplicationSettings>;
  /** For serials, ids, tokens: the same seed gives the same ones. Default 1. */
  readonly seed?: number;
  /**
   * `system` (default): real time plus what `advance` added; a clock that moves only by `advance`; or somebody else's
   * time (milliseconds since the epoch) plus what `advance` added.
   */
  readonly clock?: 'system' | { readonly startAt: string } | { readonly now: () => number };
  /** One call a request. Entries hold no tokens, sessions, passwords, CHAP secrets. */
  readonly log?: (entry: SimulatorLogEntry) => void;
}

/** Simulated arrays that listen on sockets of this process. */
export interface SimulatorOptions extends FleetOptions {
  /** Address to listen on for the REST interfaces. Default 127.0.0.1. */
  readonly host?: string;
  /** TCP port of the control interface (plain HTTP, always on loopback); 0 = any (default). */
  readonly controlPort?: number;
  /** Where CA and server certificate are kept; made at the first start. Absent: only in memory. */
  readonly tlsDirectory?: string;
  /** Where the model is kept between starts (JSON, replaced atomically). Absent: only in memory. */
  readonly stateFile?: string;
  /** The state file could not be written; the next change tries again, and `close` fails if it still cannot. */
  readonly onStorageFailure?: (error: SimulatorError) => void;
}
