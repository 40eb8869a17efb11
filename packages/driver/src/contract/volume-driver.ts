import type { Gibibytes } from '@cinder-flasharray/common';
import type { DriverError } from './driver-error.ts';
import type { VolumeStats } from './volume-stats.ts';

/** A volume type as the manager hands it over. */
export interface DriverVolumeType {
  readonly name: string;
  readonly extraSpecs: Readonly<Record<string, string>>;
  /** The QoS specs associated with the type. */
  readonly qos: {
    readonly consumer: 'front-end' | 'back-end' | 'both';
    readonly specs: Readonly<Record<string, string>>;
  } | null;
}

/** A volume as Cinder's manager hands it to a driver. */
export interface DriverVolume {
  /** UUID. */
  readonly id: string;
  /** The UUID that the name is made of: differs from `id` after a migration (Cinder's `name_id`). */
  readonly nameId: string;
  readonly size: Gibibytes;
  /** Name on the array, or the name it is to get; null: nothing was ever tried. */
  readonly providerId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly projectId: string;
  readonly bootable: boolean;
  /** Null for rows of old releases, which could do without one. */
  readonly type: DriverVolumeType | null;
  /** The group it is in, or is to be made in. */
  readonly group: DriverGroup | null;
}

/** A generic volume group. */
export interface DriverGroup {
  readonly id: string;
  /** Specs of the group's type: `consistent_group_snapshot_enabled` makes it a consistency group. */
  readonly typeSpecs: Readonly<Record<string, string>>;
  /** Types its volumes may have. */
  readonly volumeTypes: readonly DriverVolumeType[];
}

export interface DriverGroupSnapshot {
  readonly id: string;
  readonly group: DriverGroup;
}

export interface DriverSnapshot {
  readonly id: string;
  /** Name on the array; null for snapshots of earlier drivers, which did not record it. */
  readonly providerId: string | null;
  /** Size of the volume when the snapshot was taken. */
  readonly volumeSize: Gibibytes;
  readonly metadata: Readonly<Record<string, string>>;
  /** The volume it was taken of. */
  readonly volume: Pick<DriverVolume, 'id' | 'nameId' | 'providerId' | 'type'>;
  /** The group snapshot that it is a member of. */
  readonly groupSnapshot: DriverGroupSnapshot | null;
}

/** What a host says of itself (os-brick). Keys the driver does not know are left alone. */
export type Connector = Readonly<Record<string, unknown>>;

/** What the host needs to reach the volume, in the shape os-brick reads. */
export type ConnectionInfo =
  | { readonly driver_volume_type: 'iscsi'; readonly data: IscsiConnectionData }
  | { readonly driver_volume_type: 'fibre_channel'; readonly data: FibreChannelConnectionData }
  | { readonly driver_volume_type: 'nvmeof'; readonly data: NvmeConnectionData };

export interface IscsiConnectionData {
  readonly target_discovered: false;
  readonly discard: true;
  readonly addressing_mode: 'SAM2';
  /** The three lists belong together entry by entry. */
  readonly target_luns: readonly number[];
  readonly target_iqns: readonly string[];
  /** `10.0.0.1:3260`, `[2001:db8::1]:3260`. */
  readonly target_portals: readonly string[];
  /** `3624a9370` and the serial in lower case. */
  readonly wwn: string;
  readonly auth_method?: 'CHAP';
  readonly auth_username?: string;
  /** The one place where a CHAP secret leaves the driver in clear: the host needs it. */
  readonly auth_password?: string;
}

/** WWNs as the array's port WWNs: 16 upper-case hex digits, no colons. */
export type InitiatorTargetMap = Readonly<Record<string, readonly string[]>>;

export interface FibreChannelConnectionData {
  readonly target_discovered: true;
  readonly discard: true;
  readonly addressing_mode: 'SAM2';
  readonly target_lun: number;
  /** One for each target WWN. */
  readonly target_luns: readonly number[];
  readonly target_wwn: readonly string[];
  /** The same list, under the name that newer readers use. */
  readonly target_wwns: readonly string[];
  /** Keys are the connector's `wwpns` as it spelt them. */
  readonly initiator_target_map: InitiatorTargetMap;
  /** `3624a9370` and the serial in lower case. */
  readonly wwn: string;
}

export interface NvmeConnectionData {
  readonly discard: true;
  readonly target_nqn: string;
  /** Address without brackets, port, transport. */
  readonly portals: readonly (readonly [address: string, port: number, transport: 'rdma' | 'tcp'])[];
  /** 32 lower-case hex digits. */
  readonly volume_nguid: string;
  /** Volumes that hosts reach through several arrays: the subsystem of each, the current one first. Ours. */
  readonly uniform_targets?: readonly Pick<NvmeConnectionData, 'target_nqn' | 'portals'>[];
}

/** What a detach tells a zone manager: everything is empty unless it was the host's last connection. */
export interface DisconnectionInfo {
  readonly driver_volume_type: 'fibre_channel';
  readonly data:
    | Readonly<Record<string, never>>
    | { readonly target_wwn: readonly string[]; readonly initiator_target_map: InitiatorTargetMap };
}

/** Columns of the volume that the manager stores. */
export interface VolumeUpdate {
  readonly providerId: string;
  /** `enabled` only when the array has confirmed it. */
  readonly replicationStatus: 'disabled' | 'enabled';
  /** The user's keys, `array_volume_name` and `array_name`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface SnapshotUpdate {
  readonly providerId: string;
  /** The user's keys, `array_snapshot_name` and `array_name`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An update of one of several volumes. */
export interface MemberUpdate extends VolumeUpdate {
  readonly id: string;
}

/** An update of one of several snapshots. */
export interface MemberSnapshotUpdate extends SnapshotUpdate {
  readonly id: string;
}

/** What became of one volume of a group that is deleted. */
export type MemberDeletion =
  | { readonly id: string; readonly kind: 'deleted' }
  | { readonly id: string; readonly kind: 'failed'; readonly error: DriverError };

/** Where the volumes of a new group come from, each with its own source. */
export type GroupSource =
  | {
      readonly kind: 'group-snapshot';
      readonly groupSnapshot: DriverGroupSnapshot;
      readonly members: readonly { readonly volume: DriverVolume; readonly snapshot: DriverSnapshot }[];
    }
  | {
      readonly kind: 'group';
      readonly group: DriverGroup;
      readonly members: readonly { readonly volume: DriverVolume; readonly source: DriverVolume }[];
    };

/** What a failover or a failback made of one volume. */
export type FailedOverVolume =
  /** Usable on the new array. */
  | { readonly id: string; readonly kind: 'failed-over' }
  | { readonly id: string; readonly kind: 'error'; readonly reason: string };

export interface FailoverResult {
  /** The array that is worked on from now on; `default`: the primary again. */
  readonly activeBackendId: string;
  /** Volumes that are not named stay as they are. */
  readonly volumes: readonly FailedOverVolume[];
}

/** How an object of the array is named in requests to manage it: `{ "source-name": ... }` or `{ "name": ... }`. */
export type ExistingReference = Readonly<Record<string, unknown>>;

/** A volume of the array as the list of manageable ones shows it. */
export interface ManageableVolume {
  /** Takes part in `manageExisting` as it is. */
  readonly reference: { readonly name: string };
  /** GiB, rounded up. */
  readonly size: number;
  readonly safeToManage: boolean;
  readonly reasonNotSafe: string | null;
  readonly cinderId: string | null;
  readonly extraInfo: null;
}

export interface ManageableSnapshot extends ManageableVolume {
  readonly sourceReference: { readonly name: string };
}

/** One page of a list that is sorted here. */
export interface ManageableRequest {
  /** Name on the array, in lower case, of everything that is managed already, with the id of its record. */
  readonly managed: ReadonlyMap<string, string>;
  /** The `reference` of the last entry seen. */
  readonly marker: ExistingReference | null;
  readonly limit: number;
  readonly offset: number;
  /** Most significant first; empty: by reference, descending. */
  readonly sort: readonly { readonly key: 'reference' | 'size'; readonly direction: 'asc' | 'desc' }[];
}

/** What an extra spec or QoS key of this driver may say (`GET capabilities`). */
export interface CapabilityProperty {
  readonly title: string;
  readonly description: string;
  readonly type: 'boolean' | 'integer' | 'string';
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
}

/** What is known about the attachment that a connection serves. */
export interface AttachmentDetails {
  /** Instance that uses the volume, for the array's tags. */
  readonly instanceUuid: string | null;
}

/**
 * Cinder's driver contract, method for method, in camelCase. Every method may be repeated after a crash at any point:
 * it ends in the same state and gives the same answer. All throw `DriverError`.
 */
/** A disconnect that an array of the back end, other than the current one, did not hear of. */
export interface MissedDisconnect {
  readonly backendId: string;
  /** Full name on the array. */
  readonly volumeName: string;
}

export interface VolumeDriver {
  /** Connects to the array. May be called again after a failure, with no trace of the first try. */
  doSetup(): Promise<void>;
  /** Looks for trouble that would only show later: ports, CIDRs. */
  checkForSetupError(): Promise<void>;
  /** Ends sessions; calls made afterwards fail. Safe to repeat. */
  close(): Promise<void>;

  /** The name `createVolume` and its siblings will use: stored as `provider_id` before the first call. */
  /** @throws DriverError `invalid-volume-type` when the type's volume group cannot be named */
  intendedVolumeName(volume: Pick<DriverVolume, 'nameId' | 'type'>): string;
  /** The name `createSnapshot`, or `createGroupSnapshot` for a member, will use. */
  intendedSnapshotName(snapshot: Pick<DriverSnapshot, 'id' | 'volume' | 'groupSnapshot'>): string;

  /**
   * Whether hosts reach several volumes through one target, so that os-brick has to lock (Cinder's `shared_targets`):
   * true for iSCSI, false for Fibre Channel, null for NVMe, where it always locks.
   */
  sharedTargets(): boolean | null;

  createVolume(volume: DriverVolume): Promise<VolumeUpdate>;
  createVolumeFromSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<VolumeUpdate>;
  createClonedVolume(volume: DriverVolume, source: DriverVolume): Promise<VolumeUpdate>;
  /** Disconnects what is connected, then destroys. Absent and already destroyed volumes are fine. */
  deleteVolume(volume: DriverVolume): Promise<void>;
  /** @throws DriverError when the new size is smaller than the volume is. The same size succeeds. */
  extendVolume(volume: DriverVolume, newSize: Gibibytes): Promise<void>;

  createSnapshot(snapshot: DriverSnapshot): Promise<SnapshotUpdate>;
  /** Absent and already destroyed snapshots are fine. */
  deleteSnapshot(snapshot: DriverSnapshot): Promise<void>;
  /** Overwrites the volume with the snapshot; the snapshot stays. */
  revertToSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<void>;

  /** Nothing to do on a FlashArray. */
  createExport(volume: DriverVolume, connector: Connector): Promise<void>;
  ensureExport(volume: DriverVolume): Promise<void>;
  removeExport(volume: DriverVolume): Promise<void>;

  /** Connects the volume to the host; already connected gives the same answer. */
  initializeConnection(volume: DriverVolume, connector: Connector): Promise<ConnectionInfo>;
  /**
   * Ends the connection to a host, and removes the host when it was ours and has no other. A null connector ends all
   * connections of the volume. Hosts and connections that are gone are fine.
   * @param missed is told of arrays of the back end that did not hear of it, and may still show the volume: the caller
   *   makes up for it with `makeUpDisconnect`
   * @returns what a zone manager needs, for Fibre Channel; else null
   */
  terminateConnection(
    volume: DriverVolume,
    connector: Connector | null,
    missed?: (disconnect: MissedDisconnect) => void,
  ): Promise<DisconnectionInfo | null>;
  /** Ends a connection on an array that had missed its end. A null connector ends all connections of the volume. */
  makeUpDisconnect(disconnect: MissedDisconnect, connector: Connector | null): Promise<void>;
  /** Writes or, with null, removes what the array shows about an attachment. Never fails the caller's work. */
  tagAttachment(volume: DriverVolume, attachment: AttachmentDetails | null): Promise<void>;

  /**
   * The generic group methods do the work of the consistency group methods below when the group's type asks for
   * consistent snapshots.
   * @throws DriverError `not-implemented` for every other group: the caller treats its volumes one by one
   */
  createGroup(group: DriverGroup): Promise<void>;
  updateGroup(
    group: DriverGroup,
    change: { readonly add: readonly DriverVolume[]; readonly remove: readonly DriverVolume[] },
  ): Promise<void>;
  deleteGroup(group: DriverGroup, volumes: readonly DriverVolume[]): Promise<readonly MemberDeletion[]>;
  createGroupFromSrc(group: DriverGroup, source: GroupSource): Promise<readonly MemberUpdate[]>;
  createGroupSnapshot(
    groupSnapshot: DriverGroupSnapshot,
    snapshots: readonly DriverSnapshot[],
  ): Promise<readonly MemberSnapshotUpdate[]>;
  deleteGroupSnapshot(groupSnapshot: DriverGroupSnapshot): Promise<void>;

  /** A consistency group is a protection group of the array. */
  createConsistencygroup(group: DriverGroup): Promise<void>;
  /** One call for only adds or only removes, none for neither. */
  updateConsistencygroup(
    group: DriverGroup,
    change: { readonly add: readonly DriverVolume[]; readonly remove: readonly DriverVolume[] },
  ): Promise<void>;
  /** Deletes the group, then every volume; one that cannot be deleted does not keep the others. */
  deleteConsistencygroup(
    group: DriverGroup,
    volumes: readonly DriverVolume[],
  ): Promise<readonly MemberDeletion[]>;
  /** All volumes or none: what was made is destroyed again when one of them fails. */
  createConsistencygroupFromSrc(group: DriverGroup, source: GroupSource): Promise<readonly MemberUpdate[]>;
  createCgsnapshot(
    groupSnapshot: DriverGroupSnapshot,
    snapshots: readonly DriverSnapshot[],
  ): Promise<readonly MemberSnapshotUpdate[]>;
  deleteCgsnapshot(groupSnapshot: DriverGroupSnapshot): Promise<void>;

  /**
   * Gives a volume what another type asks for, on this array.
   * @throws DriverError `invalid-volume-type` | `invalid-qos-specs` before anything is changed
   */
  retype(volume: DriverVolume, newType: DriverVolumeType): Promise<VolumeUpdate>;

  /** GiB, rounded up. @throws DriverError `invalid-reference` */
  manageExistingGetSize(reference: ExistingReference): Promise<Gibibytes>;
  /**
   * Gives an existing volume the name and the settings of a record. Everything is checked before it is renamed, and
   * the renaming is taken back when a later step fails.
   * @throws DriverError `invalid-reference` | `invalid-volume-type` | `invalid-qos-specs`
   */
  manageExisting(volume: DriverVolume, reference: ExistingReference): Promise<VolumeUpdate>;
  /** Leaves the volume on the array under another name. A volume that is gone is fine. */
  unmanage(volume: DriverVolume): Promise<void>;
  manageExistingSnapshotGetSize(snapshot: DriverSnapshot, reference: ExistingReference): Promise<Gibibytes>;
  manageExistingSnapshot(snapshot: DriverSnapshot, reference: ExistingReference): Promise<SnapshotUpdate>;
  unmanageSnapshot(snapshot: DriverSnapshot): Promise<void>;
  /** @throws DriverError `invalid-marker` */
  getManageableVolumes(request: ManageableRequest): Promise<readonly ManageableVolume[]>;
  getManageableSnapshots(request: ManageableRequest): Promise<readonly ManageableSnapshot[]>;

  /**
   * Moves work to a replication target, or back to the primary with `default`: the two steps below in one. On an error
   * work goes on where it was.
   * @param secondaryId `backend_id` of the target; null: the best one
   * @throws DriverError `invalid-replication-target`, with nothing changed | `driver` when no target is fit
   */
  failoverHost(volumes: readonly DriverVolume[], secondaryId: string | null): Promise<FailoverResult>;
  /** Brings the volumes to the target; work goes on where it was. Can be repeated. */
  failover(volumes: readonly DriverVolume[], secondaryId: string | null): Promise<FailoverResult>;
  /**
   * Points at the array of that id, of which this service or another one has brought the volumes.
   * @param activeBackendId null, empty and `default`: the primary. The current one again is fine.
   */
  failoverCompleted(activeBackendId: string | null): Promise<void>;

  /** Extra specs and QoS keys that volume types of this back end may have. */
  capabilityProperties(): Readonly<Record<string, CapabilityProperty>>;

  /** The last report, or a new one when asked for or when there is none. An error leaves the last one in place. */
  getVolumeStats(options: { readonly refresh: boolean }): Promise<VolumeStats>;
  /** Names of volumes that have none recorded (made by drivers before Cinder 13) and exist on the array. */
  updateProviderInfo(volumes: readonly DriverVolume[]): Promise<
    readonly {
      readonly id: string;
      readonly providerId: string;
      readonly metadata: Readonly<Record<string, string>>;
    }[]
  >;
}
