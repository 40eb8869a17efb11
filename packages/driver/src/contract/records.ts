import type { Gibibytes } from '@cinder-flasharray/common';
import type { DriverError } from './driver-error.ts';

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
  /** As the array has it; null: it has not been asked. */
  readonly size: Gibibytes | null;
  /** The user's keys, `array_snapshot_name` and `array_name`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A volume that was found on the array under the name that its record should have had. */
export interface NamedVolume {
  readonly id: string;
  readonly providerId: string;
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
  /** The same volume is usable on the new array, with its snapshots. */
  | { readonly id: string; readonly kind: 'failed-over' }
  /** It was made of the newest copy, and is usable. Its snapshots are on the array that was left. */
  | { readonly id: string; readonly kind: 'restored' }
  /** It is there as it was when it was copied: what has been written since is on the array that was left only. */
  | { readonly id: string; readonly kind: 'outdated'; readonly reason: string }
  /** It is not there, or nobody knows what of it is. */
  | { readonly id: string; readonly kind: 'error'; readonly reason: string }
  /** Somebody has destroyed it or let it go, on all arrays of the pod, or it is on none any more. */
  | { readonly id: string; readonly kind: 'destroyed'; readonly reason: string }
  /** It is on the array that was left, and not on the new one: a move was under way, or there is no copy of it. */
  | { readonly id: string; readonly kind: 'left-behind'; readonly reason: string };

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

/** An array of the back end, other than the current one, that did not hear of a connection or of its end. */
export interface MissedArray {
  readonly backendId: string;
  /** Full name on the array. */
  readonly volumeName: string;
}

/** An array that did not hear of the end of a connection. */
export interface MissedDisconnect extends MissedArray {
  /** An asynchronous target: it shows the volume only when that was made there, while failed over. */
  readonly isTarget: boolean;
}
