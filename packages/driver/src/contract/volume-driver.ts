import type { Gibibytes } from '@cinder-flasharray/common';
import type {
  AttachmentDetails,
  CapabilityProperty,
  ConnectionInfo,
  Connector,
  DisconnectionInfo,
  DriverGroup,
  DriverGroupSnapshot,
  DriverSnapshot,
  DriverVolume,
  DriverVolumeType,
  ExistingReference,
  FailoverResult,
  GroupSource,
  ManageableRequest,
  ManageableSnapshot,
  ManageableVolume,
  MemberDeletion,
  MemberSnapshotUpdate,
  MemberUpdate,
  MissedArray,
  MissedDisconnect,
  NamedVolume,
  SnapshotUpdate,
  VolumeUpdate,
} from './records.ts';
import type { VolumeStats } from './volume-stats.ts';

/** Names on the array, which follow from configuration and type: known without asking it. */
export interface NameRole {
  /**
   * The name `volumes.create` and its siblings will use: stored as `provider_id` before the first call.
   * @throws DriverError `invalid-volume-type` when the type's volume group cannot be named
   */
  intendedVolume(volume: Pick<DriverVolume, 'nameId' | 'type'>): string;
  /**
   * The first name of its own that `manage.manage` gives a volume.
   * @throws DriverError `invalid-reference` | `invalid-volume-type`
   */
  intendedManaged(volume: Pick<DriverVolume, 'nameId' | 'type'>, reference: ExistingReference): string;
  /** The name `snapshots.create`, or `groups.createSnapshot` for a member, will use. */
  intendedSnapshot(snapshot: Pick<DriverSnapshot, 'id' | 'volume' | 'groupSnapshot'>): string;
}

export interface VolumeRole {
  create(volume: DriverVolume): Promise<VolumeUpdate>;
  createFromSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<VolumeUpdate>;
  /** The copy has a size of its own, at least the source's. */
  clone(volume: DriverVolume, source: DriverVolume): Promise<VolumeUpdate>;
  /**
   * Disconnects what is connected, then destroys. Absent and already destroyed volumes are fine.
   * @throws DriverError `volume-busy`, with nothing disconnected, when a host group has it on an array of the pod that answers
   */
  delete(volume: DriverVolume, context?: DeletionContext): Promise<void>;
  /** @throws DriverError when the new size is smaller than the volume is. The same size succeeds. */
  extend(volume: DriverVolume, newSize: Gibibytes): Promise<void>;
  /**
   * Gives a volume what another type asks for, on this array. One that leaves the pod has no connection left elsewhere.
   * @throws DriverError `invalid-volume-type` | `invalid-qos-specs` before anything is changed
   */
  retype(volume: DriverVolume, newType: DriverVolumeType, context?: EndingContext): Promise<VolumeUpdate>;
  /**
   * Brings a volume whose creation or move was given up half way to where its type wants it, wherever that has left it,
   * and takes away what was made for it.
   * @throws DriverError `volume-missing` when it is on the current array under none of the names that it can have
   */
  settle(volume: DriverVolume, move: BrokenOffMove, context?: EndingContext): Promise<VolumeUpdate>;
  /**
   * Looks for a volume wherever such a move may have left it, for a volume that goes nowhere any more, and takes away
   * the volume groups that it has left empty.
   * @returns its full name
   * @throws DriverError `volume-missing`
   */
  locate(volume: DriverVolume, move: BrokenOffMove): Promise<string>;
  /** Names of volumes that have none recorded (made by drivers before Cinder 13) and exist on the array. */
  findNames(volumes: readonly DriverVolume[]): Promise<readonly NamedVolume[]>;
}

/** What takes a volume from hosts, on every array of its pod or on all but one, goes by besides. */
export interface EndingContext {
  /**
   * Is told of the end of each machine's connection before it comes, array by array. The caller makes up for it in any
   * case, with `releaseHost`, or with `makeUpDisconnect` once the volume is gone: an array may not hear of it, and who does
   * the same again after a crash finds no connection, and never hears of a host that has none left.
   */
  readonly ending?: (disconnect: MissedDisconnect, connector: Connector) => Promise<void>;
}

/** What the deletion of a volume goes by besides. */
export interface DeletionContext extends EndingContext {
  /** That was broken off: the volume is looked for wherever it may have come by it; null: none. */
  readonly move?: BrokenOffMove | null;
}

/** What is known of a move that was broken off. */
export interface BrokenOffMove {
  /** Types that the volume may have been to get, beside that of its record. */
  readonly otherTypes: readonly DriverVolumeType[];
  /** What it was to be taken over by; null: it was ours already. */
  readonly reference: ExistingReference | null;
}

export interface SnapshotRole {
  create(snapshot: DriverSnapshot): Promise<SnapshotUpdate>;
  /** Absent and already destroyed snapshots are fine. */
  delete(snapshot: DriverSnapshot): Promise<void>;
  /** Overwrites the volume with the snapshot; the snapshot stays. */
  revert(volume: DriverVolume, snapshot: DriverSnapshot): Promise<void>;
}

/** Nothing to do on a FlashArray, whose volumes need no target of their own: known without asking it. */
export interface ExportRole {
  create(volume: DriverVolume, connector: Connector): Promise<void>;
  ensure(volume: DriverVolume): Promise<void>;
  remove(volume: DriverVolume): Promise<void>;
}

export interface ConnectionRole {
  /**
   * Connects the volume to the host; already connected gives the same answer. Where hosts reach a volume through several
   * arrays the current one decides, and the answer has the paths of those that did it. A connect that failed may have
   * made something: its caller undoes it with `disconnect`.
   * @param missed is told of arrays through which the host should have paths and has none: the caller makes up for it
   *   with `makeUpConnect`
   */
  connect(
    volume: DriverVolume,
    connector: Connector,
    missed?: (connect: MissedArray) => void,
  ): Promise<ConnectionInfo>;
  /**
   * Ends the connection to a host, and removes the host when it was ours and has no other. A null connector ends all
   * connections of the volume. Hosts and connections that are gone are fine.
   * @param missed is told of arrays of the back end that did not hear of it, and may still show the volume: the caller
   *   makes up for it with `makeUpDisconnect`
   * @param move that was broken off: the volume is looked for wherever it may have come by it; null: it has its name
   * @returns what a zone manager needs, for Fibre Channel; else null
   */
  disconnect(
    volume: DriverVolume,
    connector: Connector | null,
    missed?: (disconnect: MissedDisconnect) => void,
    move?: BrokenOffMove | null,
  ): Promise<DisconnectionInfo | null>;
  /** Whether it is the current array that missed something. */
  isOnCurrent(missed: MissedArray): boolean;
  /** Ends a connection on an array that had missed its end. A null connector ends all connections of the volume. */
  makeUpDisconnect(disconnect: MissedArray, connector: Connector | null): Promise<void>;
  /**
   * Takes a machine's host away on an array, when it is ours and nothing is connected to it.
   * @param backendId `backend_id` of the array, or `default`
   */
  releaseHost(backendId: string, connector: Connector): Promise<void>;
  /** Connects on an array that had missed it. The host finds the paths with its next look. */
  makeUpConnect(connect: MissedArray, connector: Connector): Promise<void>;
  /** Writes or, with null, removes what the array shows about an attachment. Never fails the caller's work. */
  tag(volume: DriverVolume, attachment: AttachmentDetails | null): Promise<void>;
}

/** A consistency group is a protection group of the array. */
export interface GroupRole {
  create(group: DriverGroup): Promise<void>;
  /** One call for only adds or only removes, none for neither. */
  update(
    group: DriverGroup,
    change: { readonly add: readonly DriverVolume[]; readonly remove: readonly DriverVolume[] },
  ): Promise<void>;
  /** Deletes the group, then every volume; one that cannot be deleted does not keep the others. */
  delete(
    group: DriverGroup,
    volumes: readonly DriverVolume[],
    contextOf?: (volume: DriverVolume) => DeletionContext,
  ): Promise<readonly MemberDeletion[]>;
  /** All volumes or none: what was made is destroyed again when one of them fails. */
  createFrom(group: DriverGroup, source: GroupSource): Promise<readonly MemberUpdate[]>;
  /** Takes away the temporary snapshot that a copy of a group may have left of its source when it was broken off. */
  clearCopy(copy: Pick<DriverGroup, 'id'>, source: DriverGroup): Promise<void>;
  createSnapshot(
    groupSnapshot: DriverGroupSnapshot,
    snapshots: readonly DriverSnapshot[],
  ): Promise<readonly MemberSnapshotUpdate[]>;
  deleteSnapshot(groupSnapshot: DriverGroupSnapshot): Promise<void>;
}

export interface ManageRole {
  /** GiB, rounded up. @throws DriverError `invalid-reference` */
  sizeOf(reference: ExistingReference): Promise<Gibibytes>;
  /**
   * Gives an existing volume the name and the settings of a record. Everything is checked before it is renamed, and
   * the renaming is taken back when a later step fails.
   * @throws DriverError `invalid-reference` | `invalid-volume-type` | `invalid-qos-specs`
   */
  manage(volume: DriverVolume, reference: ExistingReference): Promise<VolumeUpdate>;
  /**
   * Leaves the volume on the array under another name. A volume that is gone is fine.
   * @param move that was broken off: the volume is looked for wherever it may have come by it; null: it has its name
   */
  unmanage(volume: DriverVolume, move?: BrokenOffMove | null): Promise<void>;
  /** GiB, rounded up. @throws DriverError `invalid-reference` */
  sizeOfSnapshot(snapshot: DriverSnapshot, reference: ExistingReference): Promise<Gibibytes>;
  manageSnapshot(snapshot: DriverSnapshot, reference: ExistingReference): Promise<SnapshotUpdate>;
  unmanageSnapshot(snapshot: DriverSnapshot): Promise<void>;
  /** @throws DriverError `invalid-marker` */
  manageableVolumes(request: ManageableRequest): Promise<readonly ManageableVolume[]>;
  /** @throws DriverError `invalid-marker` */
  manageableSnapshots(request: ManageableRequest): Promise<readonly ManageableSnapshot[]>;
}

export interface StatisticsRole {
  /** The last report, or a new one when asked for or when there is none. An error leaves the last one in place. */
  read(options: { readonly refresh: boolean }): Promise<VolumeStats>;
}

/**
 * What can be done on the array that a back end works on, by noun. Every method may be repeated after a crash at any
 * point: it ends in the same state and gives the same answer. All throw `DriverError`.
 */
export interface DriverSession {
  readonly volumes: VolumeRole;
  readonly snapshots: SnapshotRole;
  readonly connections: ConnectionRole;
  /**
   * Generic volume groups whose type asks for consistent snapshots.
   * @throws DriverError `not-implemented` for every other group: the caller treats its volumes one by one
   */
  readonly groups: GroupRole;
  /** Consistency groups, whatever their type says. */
  readonly consistencyGroups: GroupRole;
  readonly manage: ManageRole;
  readonly statistics: StatisticsRole;
}

/** What a failover goes by besides. */
export interface FailoverContext {
  /** Types whose volume groups a move may have left empty: they go with the way back. */
  readonly volumeTypes?: readonly DriverVolumeType[];
  readonly progress?: (progress: FailoverProgress) => void;
}

/** An array of a back end, as its configuration says. */
export interface ConfiguredArray {
  /** `default`, which is the primary, or `backend_id`. */
  readonly id: string;
  /** Whether what is in the replicated pod is on it. */
  readonly servesPod: boolean;
}

/** How far a failover has come. */
export interface FailoverProgress {
  /** Volumes that are done. */
  readonly done: number;
  readonly of: number;
}

/**
 * One back end: its life, and the session that is open on its current array. Without one, the roles throw
 * `not-initialized`.
 */
export interface VolumeDriver extends DriverSession {
  readonly names: NameRole;
  readonly exports: ExportRole;
  /**
   * Whether hosts reach several volumes through one target, so that os-brick has to lock (Cinder's `shared_targets`):
   * true for iSCSI, false for Fibre Channel, null for NVMe, where it always locks.
   */
  readonly sharedTargets: boolean | null;
  /** Extra specs and QoS keys that volume types of this back end may have. */
  readonly capabilityProperties: Readonly<Record<string, CapabilityProperty>>;
  /** The arrays of the configuration, the primary first. */
  readonly arrays: readonly ConfiguredArray[];
  /**
   * Whether what is in the replicated pod is on the array that is worked on: the primary or the pod's other array, and not
   * the third of three sites.
   */
  readonly servesPod: boolean;
  /** The same back end; each call to an array that is made through it ends when the signal does. */
  within(signal: AbortSignal): VolumeDriver;

  /**
   * Connects to the arrays (Cinder's `do_setup`). May be called again after a failure, with no trace of the first try.
   * @throws DriverError `not-initialized`
   */
  open(): Promise<void>;
  /** Looks for trouble that would only show later, as no port for hosts, and says it in the log. */
  checkForSetupError(): Promise<void>;
  /** Ends sessions; calls made afterwards fail. Safe to repeat. */
  close(): Promise<void>;

  /**
   * Moves work to a replication target, or back to the primary with `default`: the two steps below in one. On an error
   * work goes on where it was.
   * @param secondaryId `backend_id` of the target; null: the best one
   * @throws DriverError `invalid-replication-target`, with nothing changed | `driver` when no target is fit
   */
  failoverHost(
    volumes: readonly DriverVolume[],
    secondaryId: string | null,
    context?: FailoverContext,
  ): Promise<FailoverResult>;
  /** Brings the volumes to the target; work goes on where it was. Can be repeated. */
  failover(
    volumes: readonly DriverVolume[],
    secondaryId: string | null,
    context?: FailoverContext,
  ): Promise<FailoverResult>;
  /**
   * Points at the array of that id, of which this service or another one has brought the volumes.
   * @param activeBackendId null, empty and `default`: the primary. The current one again is fine.
   */
  failoverCompleted(activeBackendId: string | null): Promise<void>;
}
