import type { Bytes } from '@cinder-flasharray/common';
import type { CallOptions } from './call-options.ts';

export interface Volume {
  /** Full name, with pod (`pod::`) or volume group (`group/`). */
  readonly name: string;
  /** 24 upper-case hex digits; never changes, a copy gets its own. */
  readonly serial: string;
  readonly size: Bytes;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Name of the volume this one was copied from, also when it was copied from a snapshot; null for a fresh one. */
  readonly source: string | null;
}

/** Where a name stands. A destroyed volume keeps its name until it is eradicated. */
export type VolumeState =
  | { readonly kind: 'live'; readonly volume: Volume; readonly connections: ConnectionCount }
  | { readonly kind: 'destroyed' }
  | { readonly kind: 'absent' };

/** How many connections an object has, where the array's version counts them. */
export type ConnectionCount =
  | { readonly kind: 'counted'; readonly count: number }
  | { readonly kind: 'not-counted' };

/** Limits of a volume or volume group; null: none. */
export interface QosLimits {
  /** 100 to 100 000 000 (REST 2.26 Qos.iops_limit). */
  readonly iops: number | null;
  /** 1 MiB/s to 512 GiB/s (REST 2.26 Qos.bandwidth_limit). */
  readonly bytesPerSecond: number | null;
}

export const unlimited: QosLimits = { iops: null, bytesPerSecond: null };

/** One row of the list that shows everything, destroyed volumes too. */
export interface VolumeSummary {
  readonly name: string;
  readonly size: Bytes;
  /** Private and shared connections; every version counts them here. */
  readonly connections: number;
  readonly destroyed: boolean;
}

/** What a volume can live in. */
export type VolumeContainer =
  | { readonly kind: 'array' }
  | { readonly kind: 'volume-group'; readonly name: string }
  | { readonly kind: 'pod'; readonly name: string };

export interface NewVolume {
  readonly name: string;
  /** Multiple of 512, 1 MiB to 4 PiB (REST 2.26 VolumePost.provisioned). */
  readonly size: Bytes;
  /** Join the array's default protection groups. Ignored where `capabilities.defaultProtection` is false. */
  readonly defaultProtection: boolean;
  /** Where `capabilities.bandwidthLimits` and `.iopsLimits` allow it, else refused with `unsupported`. */
  readonly qos?: QosLimits;
}

export interface VolumeCopy {
  readonly name: string;
  /** Full name of the volume or snapshot to copy. The copy has the source's size. */
  readonly source: string;
  readonly defaultProtection: boolean;
}

export interface Volumes {
  /** @throws ArrayError `already-exists` (also for a destroyed volume of that name) | `limit-reached` | `invalid` */
  create(volume: NewVolume, options?: CallOptions): Promise<Volume>;

  /**
   * Makes a new volume with the content and the size of a volume or snapshot.
   * @throws ArrayError `already-exists` | `not-found` (the source) | `destroyed` (the source) | `limit-reached`
   */
  copy(copy: VolumeCopy, options?: CallOptions): Promise<Volume>;

  /**
   * Replaces the content and the size of an existing volume by those of a volume or snapshot. The volume keeps its
   * name, serial and connections.
   * @throws ArrayError `not-found` | `destroyed`
   */
  overwrite(name: string, source: string, options?: CallOptions): Promise<Volume>;

  /** Tells a live, a destroyed and an absent volume apart. */
  find(name: string, options?: CallOptions): Promise<VolumeState>;

  /** Live volumes only, in pages of at most 1000, so that the caller can stop early. */
  list(options?: CallOptions): AsyncIterable<readonly Volume[]>;

  /** Every volume, destroyed ones too, in pages of at most 1000. */
  summaries(options?: CallOptions): AsyncIterable<readonly VolumeSummary[]>;

  /**
   * Renames a volume inside its container: both names are full. Its snapshots are renamed with it.
   * @throws ArrayError `not-found` | `destroyed` | `already-exists` | `invalid`
   */
  rename(name: string, newName: string, options?: CallOptions): Promise<void>;

  /**
   * Moves a volume into a volume group or an unstretched pod, or out of one; its own name stays, its full name changes.
   * A move into or out of a pod has to leave all protection groups: it leaves exactly those in `leaving`. After a
   * refusal (`applied` is `no`) it is still in them.
   * @throws ArrayError `not-found` (volume or container) | `destroyed` | `already-exists` | `invalid` | `unsupported`
   */
  move(
    name: string,
    to: VolumeContainer,
    options?: CallOptions & { readonly leaving?: readonly string[] },
  ): Promise<void>;

  /** Replaces both limits. @throws ArrayError `not-found` | `destroyed` | `invalid` | `unsupported` */
  setQos(name: string, qos: QosLimits, options?: CallOptions): Promise<void>;

  /**
   * Grows a volume; never shrinks one. The same size again succeeds.
   * @throws ArrayError `not-found` | `destroyed` | `invalid` (smaller than it is)
   */
  extend(name: string, size: Bytes, options?: CallOptions): Promise<Volume>;

  /**
   * Moves a volume to pending eradication; its snapshots go with it.
   * @returns the connections the array still counts for it, where it counts them
   * @throws ArrayError `not-found` | `destroyed` (it was already) | `connected`
   */
  destroy(name: string, options?: CallOptions): Promise<{ readonly connections: ConnectionCount }>;

  /** Takes a destroyed volume back, with the snapshots destroyed along with it. @throws ArrayError `not-found` | `invalid` */
  recover(name: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) | `eradication-disabled` */
  eradicate(name: string, options?: CallOptions): Promise<void>;
}
