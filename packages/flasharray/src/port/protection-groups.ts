import type { CallOptions } from './call-options.ts';

/** Where the name of a protection group, or of a snapshot of one, stands. */
export type ProtectionGroupState = 'live' | 'destroyed' | 'absent';

/** A protection group that a volume is in. */
export interface ProtectionGroupOfVolume {
  readonly name: string;
  /** SafeMode: nothing in it can be destroyed before its time, nor taken out (REST 2.13 retention_lock). */
  readonly ratcheted: boolean;
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
}
