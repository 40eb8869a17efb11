import type { Secret } from '@cinder-flasharray/common';
import type { CallOptions } from './call-options.ts';
import type { ConnectionCount } from './volumes.ts';

/** Values an array takes as a host's personality (REST 1.14, 2.0). */
export const hostPersonalities = [
  'aix',
  'esxi',
  'hitachi-vsp',
  'hpux',
  'oracle-vm-server',
  'solaris',
  'vms',
] as const;
export type HostPersonality = (typeof hostPersonalities)[number];

/** CHAP credentials that an initiator must present; the password has 12 to 255 characters. */
export interface ChapCredentials {
  readonly user: string;
  readonly password: Secret;
}

/** Names by which a machine shows itself on a network; all of one protocol. */
export interface Initiators {
  readonly kind: 'iqn' | 'wwn' | 'nqn';
  /** Empty only for a new host without any. WWNs: 16 hex digits, in any letter case, colons allowed. */
  readonly names: readonly string[];
}

export interface Host {
  readonly name: string;
  readonly iqns: readonly string[];
  /** 16 upper-case hex digits each, no colons. */
  readonly wwns: readonly string[];
  readonly nqns: readonly string[];
  /** User name of the CHAP credentials that its initiators must present; null when there are none. */
  readonly chapUser: string | null;
  /** Private and shared connections together. */
  readonly connections: ConnectionCount;
}

export interface NewHost {
  readonly name: string;
  readonly initiators: Initiators;
  /** Set where `capabilities.hostPersonality` is true, else refused with `unsupported`. */
  readonly personality?: HostPersonality;
  readonly chap?: ChapCredentials;
}

/** What is left unsaid stays as it is. */
export interface HostChange {
  readonly addInitiators?: Initiators;
  readonly personality?: HostPersonality;
  readonly chap?: ChapCredentials;
}

export interface Hosts {
  /**
   * Hosts of this array (never those a stretched pod shows from its peer) that hold any of the initiators, in any
   * letter case, WWNs with or without colons.
   */
  findByInitiators(initiators: Initiators, options?: CallOptions): Promise<readonly Host[]>;

  /** Null when the array has no such host. */
  find(name: string, options?: CallOptions): Promise<Host | null>;

  /**
   * REST 1.x needs a call each for the personality and for CHAP: when one of them fails the host exists without it.
   * @throws ArrayError `already-exists` | `initiator-in-use` | `limit-reached` | `invalid` | `unsupported`
   */
  create(host: NewHost, options?: CallOptions): Promise<Host>;

  /** @throws ArrayError `not-found` | `initiator-in-use` | `invalid` | `unsupported` */
  update(name: string, change: HostChange, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `connected` */
  delete(name: string, options?: CallOptions): Promise<void>;
}
