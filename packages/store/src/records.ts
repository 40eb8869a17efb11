/**
 * Rows of Cinder's tables as the rest of the project sees them: column names in camelCase, soft-delete columns left
 * out, booleans and dates parsed. Source: Cinder 21 (Zed) schema, alembic head c92a3e68beed.
 */

export const volumeStatuses = [
  'creating',
  'available',
  'attaching',
  'reserved',
  'in-use',
  'detaching',
  'maintenance',
  'deleting',
  'error',
  'error_deleting',
  'extending',
  'error_extending',
  'reverting',
  'downloading',
  'uploading',
  'retyping',
  'managing',
  'error_managing',
  'error_managing_deleting',
  'unmanaging',
  'error_unmanaging',
  'awaiting-transfer',
  'backing-up',
  'error_backing-up',
  'restoring-backup',
  'error_restoring',
] as const;
export type VolumeStatus = (typeof volumeStatuses)[number];

export const snapshotStatuses = [
  'creating',
  'available',
  'deleting',
  'error',
  'error_deleting',
  'restoring',
  'updating',
  'backing-up',
  'unmanaging',
  'managing',
  'error_managing',
] as const;
export type SnapshotStatus = (typeof snapshotStatuses)[number];

/** Of an attachment, and summed up of a volume. */
export const attachStatuses = [
  'detached',
  'reserved',
  'attaching',
  'attached',
  'detaching',
  'error_attaching',
  'error_detaching',
  'deleted',
] as const;
export type AttachStatus = (typeof attachStatuses)[number];

export type Metadata = Readonly<Record<string, string>>;

/** A JSON object whose keys belong to somebody else: a connector (os-brick) or connection info (the driver). */
export type JsonObject = Readonly<Record<string, unknown>>;

interface Timestamps {
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

export interface VolumeRecord extends Timestamps {
  readonly id: string;
  /** The id that makes `volume-<id>` when a migration has swapped rows; else null (column `_name_id`). */
  readonly nameId: string | null;
  readonly projectId: string;
  readonly userId: string;
  /** `host@backend#pool`; null until a back end is chosen. */
  readonly host: string | null;
  /** GiB. */
  readonly size: number;
  readonly availabilityZone: string | null;
  readonly status: VolumeStatus;
  readonly previousStatus: VolumeStatus | null;
  readonly attachStatus: AttachStatus;
  readonly migrationStatus: string | null;
  readonly replicationStatus: string | null;
  /**
   * The array that a failover, or the way back, has left the volume on: `backend_id`, or `default` for the primary. Null:
   * none has left it anywhere.
   */
  readonly replicationDriverData: string | null;
  readonly displayName: string | null;
  readonly displayDescription: string | null;
  readonly snapshotId: string | null;
  readonly sourceVolid: string | null;
  readonly volumeTypeId: string;
  readonly bootable: boolean;
  readonly encryptionKeyId: string | null;
  readonly consistencygroupId: string | null;
  readonly groupId: string | null;
  readonly providerId: string | null;
  readonly multiattach: boolean;
  readonly clusterName: string | null;
  readonly serviceUuid: string | null;
  readonly sharedTargets: boolean | null;
  readonly useQuota: boolean;
  readonly scheduledAt: Date | null;
  readonly launchedAt: Date | null;
  readonly metadata: Metadata;
  /** `readonly`, `attached_mode`: shown merged into the metadata. */
  readonly adminMetadata: Metadata;
  /** Live ones, oldest first. */
  readonly attachments: readonly AttachmentRecord[];
}

export interface SnapshotRecord extends Timestamps {
  readonly id: string;
  readonly volumeId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly status: SnapshotStatus;
  /** `100%`. */
  readonly progress: string | null;
  /** GiB, the volume's size when it was taken. */
  readonly volumeSize: number;
  readonly displayName: string | null;
  readonly displayDescription: string | null;
  readonly providerId: string | null;
  readonly volumeTypeId: string;
  readonly groupSnapshotId: string | null;
  readonly cgsnapshotId: string | null;
  readonly useQuota: boolean;
  readonly metadata: Metadata;
}

export interface AttachmentRecord extends Timestamps {
  readonly id: string;
  readonly volumeId: string;
  readonly attachedHost: string | null;
  readonly instanceUuid: string | null;
  readonly mountpoint: string | null;
  readonly attachTime: Date | null;
  readonly detachTime: Date | null;
  readonly attachMode: 'rw' | 'ro' | null;
  readonly attachStatus: AttachStatus;
  readonly connectionInfo: JsonObject | null;
  readonly connector: JsonObject | null;
}

export interface VolumeTypeRecord extends Timestamps {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly qosSpecsId: string | null;
  readonly extraSpecs: Metadata;
}

export const groupStatuses = [
  'creating',
  'available',
  'updating',
  'deleting',
  'error',
  'error_deleting',
] as const;
export type GroupStatus = (typeof groupStatuses)[number];

export const groupSnapshotStatuses = [
  'creating',
  'available',
  'deleting',
  'error',
  'error_deleting',
] as const;
export type GroupSnapshotStatus = (typeof groupSnapshotStatuses)[number];

/** A generic volume group; a consistency group is one whose type asks for consistent snapshots. */
export interface GroupRecord extends Timestamps {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  /** `host@backend#pool`; null until a back end is chosen. */
  readonly host: string | null;
  readonly availabilityZone: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly groupTypeId: string;
  readonly status: GroupStatus;
  readonly groupSnapshotId: string | null;
  readonly sourceGroupId: string | null;
  readonly replicationStatus: string | null;
  readonly clusterName: string | null;
  /** Types its volumes may have (table group_volume_type_mapping). */
  readonly volumeTypeIds: readonly string[];
}

export interface GroupSnapshotRecord extends Timestamps {
  readonly id: string;
  readonly groupId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly status: GroupSnapshotStatus;
  readonly groupTypeId: string;
}

export interface GroupTypeRecord extends Timestamps {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly groupSpecs: Metadata;
}

/** Who enforces a quality of service: the hypervisor, the array, or both. */
export const qosConsumers = ['front-end', 'back-end', 'both'] as const;
export type QosConsumer = (typeof qosConsumers)[number];

export interface QosSpecsRecord extends Timestamps {
  readonly id: string;
  readonly name: string;
  readonly consumer: QosConsumer;
  readonly specs: Metadata;
}

export interface ServiceRecord extends Timestamps {
  readonly id: number;
  readonly uuid: string;
  /** `node1@puredriver-1` for a volume service, `node1` for the scheduler. */
  readonly host: string;
  readonly binary: 'cinder-volume' | 'cinder-scheduler';
  readonly topic: string;
  readonly reportCount: number;
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly availabilityZone: string;
  readonly replicationStatus: string | null;
  readonly frozen: boolean;
  readonly activeBackendId: string | null;
  readonly clusterName: string | null;
}

export interface MessageRecord {
  readonly id: string;
  readonly projectId: string;
  readonly requestId: string | null;
  readonly resourceType: 'VOLUME' | 'VOLUME_SNAPSHOT';
  readonly resourceUuid: string;
  /** `VOLUME_VOLUME_008_012`. */
  readonly eventId: string;
  readonly actionId: string;
  readonly detailId: string;
  readonly messageLevel: 'ERROR';
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}
