import type { Bytes } from '@cinder-flasharray/common';
import type { CallOptions } from './call-options.ts';

export interface Snapshot {
  /** `volume.suffix`, or `group.suffix.volume` for a member of a protection group snapshot. */
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

/** One row of the list that shows everything, destroyed snapshots too. */
export interface SnapshotSummary {
  readonly name: string;
  /** Full name of the volume it was taken of. */
  readonly source: string;
  readonly size: Bytes;
  readonly destroyed: boolean;
}

export interface Snapshots {
  /** @throws ArrayError `not-found` (the volume) | `destroyed` | `already-exists` (the suffix is taken) | `limit-reached` */
  create(volume: string, suffix: string, options?: CallOptions): Promise<Snapshot>;

  find(name: string, options?: CallOptions): Promise<SnapshotState>;

  /** Live snapshots of one volume, in pages. @throws ArrayError `not-found` */
  listOf(volume: string, options?: CallOptions): AsyncIterable<readonly Snapshot[]>;

  /** Every snapshot of the array, destroyed ones too, in pages of at most 1000. */
  summaries(options?: CallOptions): AsyncIterable<readonly SnapshotSummary[]>;

  /**
   * Gives a volume's snapshot another suffix.
   * @throws ArrayError `not-found` | `destroyed` | `already-exists` | `invalid` | `unsupported` where
   *   `capabilities.snapshotRename` is false
   */
  rename(name: string, newSuffix: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `destroyed` (it was already) */
  destroy(name: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) | `eradication-disabled` */
  eradicate(name: string, options?: CallOptions): Promise<void>;
}
