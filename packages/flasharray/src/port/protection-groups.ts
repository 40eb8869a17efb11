import type { Bytes } from '@cinder-flasharray/common';
import type { CallOptions } from './call-options.ts';

/** Where the name of a protection group, or of a snapshot of one, stands. */
export type ProtectionGroupState = 'live' | 'destroyed' | 'absent';

/** A protection group that a volume is in. */
export interface ProtectionGroupOfVolume {
  readonly name: string;
  /** SafeMode: nothing in it can be destroyed before its time, nor taken out (REST 2.13 retention_lock). */
  readonly ratcheted: boolean;
}

/** An array, or another place, that snapshots of a group are copied to. */
export interface ProtectionGroupTarget {
  /** Name of the target array. */
  readonly array: string;
  /** The target lets them in. */
  readonly allowed: boolean;
}

/** How long copies are kept on the targets. */
export interface TargetRetention {
  /** Milliseconds for which every copy is kept; whole seconds. */
  readonly allFor: number;
  /** Copies a day that are kept after that. */
  readonly perDay: number;
  /** Days for which those are kept. */
  readonly days: number;
}

/** What is set about the replication of a group. */
export interface GroupReplication {
  /** Copies are made and sent by the clock. */
  readonly enabled: boolean;
  /** Milliseconds between two copies; whole seconds. */
  readonly frequency: number;
  readonly retention: TargetRetention;
}

/** A snapshot of a group that was, or is being, copied to this array. */
export interface ReplicatedSnapshot {
  /** `source:group.12`. */
  readonly name: string;
  /** When its transfer began, milliseconds since the epoch. */
  readonly started: number;
  /** Everything has arrived: before that its volumes cannot be used. */
  readonly complete: boolean;
}

/** A volume as a replicated snapshot holds it. */
export interface ReplicatedVolume {
  /** `source:group.12.volume`: what `volumes.copy` and `volumes.overwrite` take. */
  readonly snapshot: string;
  /** The volume's name on the array it comes from; without `pod::` when its group is in a pod. */
  readonly volume: string;
  readonly size: Bytes;
}

/** Groups of volumes that are snapshotted at one point in time. Members are volumes here, never hosts. */
export interface ProtectionGroups {
  /** An empty group. @throws ArrayError `already-exists` | `destroyed` | `limit-reached` | `invalid` */
  create(name: string, options?: CallOptions): Promise<void>;

  find(name: string, options?: CallOptions): Promise<ProtectionGroupState>;

  /** Full names of the volumes in it, live ones. @throws ArrayError `not-found` */
  volumes(name: string, options?: CallOptions): Promise<readonly string[]>;

  /** Live groups that the volume is in. An absent volume is in none. */
  ofVolume(volume: string, options?: CallOptions): Promise<readonly ProtectionGroupOfVolume[]>;

  /**
   * Adds and takes out volumes; what is there already, or is not there, is fine. One call where only one of the two
   * is asked for, none for neither.
   * @throws ArrayError `not-found` (group or volume: `context` names it) | `destroyed` | `invalid`
   */
  changeVolumes(
    name: string,
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
    options?: CallOptions,
  ): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) */
  recover(name: string, options?: CallOptions): Promise<void>;

  /** Its snapshots go with it; its volumes stay. @throws ArrayError `not-found` | `destroyed` (it was already) */
  destroy(name: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) | `eradication-disabled` */
  eradicate(name: string, options?: CallOptions): Promise<void>;

  /**
   * Snapshots all volumes of the group at one point in time: `group.suffix`, and `group.suffix.volume` for each, where
   * a volume of a pod loses its `pod::`.
   * @throws ArrayError `not-found` | `destroyed` | `already-exists` | `limit-reached`
   */
  createSnapshot(group: string, suffix: string, options?: CallOptions): Promise<void>;

  /** @param name `group.suffix` */
  findSnapshot(name: string, options?: CallOptions): Promise<ProtectionGroupState>;

  /** With all its parts. @throws ArrayError `not-found` | `destroyed` (it was already) */
  destroySnapshot(name: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) | `eradication-disabled` */
  eradicateSnapshot(name: string, options?: CallOptions): Promise<void>;

  /** Schedule and retention of its replication. @throws ArrayError `not-found` */
  replication(name: string, options?: CallOptions): Promise<GroupReplication>;

  /**
   * Changes what is given and leaves the rest.
   * @throws ArrayError `not-found` | `destroyed` | `invalid` (out of the array's range; enabled without an allowed target)
   */
  setReplication(name: string, change: Partial<GroupReplication>, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` */
  targets(name: string, options?: CallOptions): Promise<readonly ProtectionGroupTarget[]>;

  /**
   * Adds an array as a target; fine if it is one already.
   * @throws ArrayError `not-found` (the group, or an array that is not connected: `context` names it) | `destroyed` |
   *   `limit-reached` | `invalid` (a member of the pod that the group is in)
   */
  addTarget(name: string, array: string, options?: CallOptions): Promise<void>;

  /**
   * On the target array: lets the group's snapshots in; fine if it does already.
   * @param name `source:group` as the target knows it
   * @throws ArrayError `not-found` (the group has not become visible here yet)
   */
  allowReplication(name: string, options?: CallOptions): Promise<void>;

  /**
   * On the target array: live snapshots of a group that comes from elsewhere, newest transfer first; those whose
   * transfer has not begun are not among them. An unknown group has none.
   * @param name `source:group`
   */
  replicatedSnapshots(name: string, options?: CallOptions): Promise<readonly ReplicatedSnapshot[]>;

  /**
   * On the target array: the volumes in a replicated snapshot; none of them is there for certain before it is complete.
   * @throws ArrayError `not-found` (also where it was destroyed)
   */
  replicatedVolumes(snapshot: string, options?: CallOptions): Promise<readonly ReplicatedVolume[]>;
}
