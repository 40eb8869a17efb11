import type { Bytes } from '@cinder-flasharray/common';
import type { CallOptions } from './call-options.ts';

export interface Snapshot {
  /** `volume.suffix`. */
  readonly name: string;
  /** Full name of the volume it was taken of. */
  readonly source: string;
  readonly serial: string;
  readonly size: Bytes;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

export type SnapshotState =
  | { readonly kind: 'live'; readonly snapshot: Snapshot }
  | { readonly kind: 'destroyed' }
  | { readonly kind: 'absent' };

export interface Snapshots {
  /** @throws ArrayError `not-found` (the volume) | `destroyed` | `already-exists` (the suffix is taken) | `limit-reached` */
  create(volume: string, suffix: string, options?: CallOptions): Promise<Snapshot>;

  find(name: string, options?: CallOptions): Promise<SnapshotState>;

  /** Live snapshots of one volume, in pages. @throws ArrayError `not-found` */
  listOf(volume: string, options?: CallOptions): AsyncIterable<readonly Snapshot[]>;

  /** @throws ArrayError `not-found` | `destroyed` (it was already) */
  destroy(name: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) | `eradication-disabled` */
  eradicate(name: string, options?: CallOptions): Promise<void>;
}
