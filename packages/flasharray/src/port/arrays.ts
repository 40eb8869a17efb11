import type { Bytes } from '@cinder-flasharray/common';
import type { CallOptions } from './call-options.ts';

/** Who the array is; read once when connecting. */
export interface ArrayIdentity {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  /** Purity version, `6.4.10`. */
  readonly purityVersion: string;
}

export interface ArraySpace {
  /** Usable capacity. */
  readonly capacity: Bytes;
  /** Physical space in use by everything on the array. */
  readonly used: Bytes;
  /** Sum of the sizes of all volumes; on Evergreen//One what the subscription counts as provisioned. */
  readonly provisioned: Bytes;
  /** Ratio of provisioned to physical; null where the array does not report it (Evergreen//One). */
  readonly totalReduction: number | null;
}

/** Averages of the newest sample. */
export interface ArrayPerformance {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  /** Bytes a second that hosts read. */
  readonly readBytesPerSecond: number;
  /** Bytes a second that hosts write. */
  readonly writeBytesPerSecond: number;
  /** Microseconds. */
  readonly usecPerRead: number;
  readonly usecPerWrite: number;
  /** Zero where the array no longer reports it. */
  readonly queueDepth: number;
  /** Microseconds spent queued; zero where the array does not report it. */
  readonly queueUsecPerRead: number;
  readonly queueUsecPerWrite: number;
  readonly queueUsecPerMirroredWrite: number;
}

/** Objects on the whole array, those pending eradication included. */
export interface ArrayCounts {
  readonly volumes: number;
  readonly snapshots: number;
  readonly hosts: number;
  readonly protectionGroups: number;
}

/** Another array that this one is connected to for replication. */
export interface ArrayConnection {
  /** Name of the other array. */
  readonly array: string;
  /** A `sync` connection carries asynchronous replication as well. */
  readonly kind: 'async' | 'sync';
  /** Fully connected: every path works. */
  readonly connected: boolean;
}

export interface Arrays {
  identity(options?: CallOptions): Promise<ArrayIdentity>;

  /** Names of the controllers that are ready (`CT0`): ports of the others do not answer. */
  readyControllers(options?: CallOptions): Promise<readonly string[]>;

  /**
   * Space and counts, asked for together because REST 1.x below 1.7 has no counts and can only list: one serial
   * round on REST 2.x, whatever the number of objects.
   */
  usage(options?: CallOptions): Promise<{ readonly space: ArraySpace; readonly counts: ArrayCounts }>;

  /** Arrays connected for replication (REST 1.2, 2.4); none where the version cannot tell. */
  connections(options?: CallOptions): Promise<readonly ArrayConnection[]>;

  /** Null when the array has no sample yet. */
  performance(options?: CallOptions): Promise<ArrayPerformance | null>;
}
