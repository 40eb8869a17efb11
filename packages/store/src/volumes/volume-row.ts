import type { InsertObject, Selectable, Updateable } from 'kysely';
import { RowReader } from '../database/row-reader.ts';
import type { Database } from '../database/tables.ts';
import { flag, formatDate } from '../database/values.ts';
import {
  type AttachmentRecord,
  attachStatuses,
  type Metadata,
  type VolumeRecord,
  volumeStatuses,
} from '../records.ts';
import type { NewVolume, VolumeChange } from './volume-store.ts';

/** What a volume's record takes from other tables. */
export interface VolumeChildren {
  readonly metadata: Metadata;
  readonly adminMetadata: Metadata;
  readonly attachments: readonly AttachmentRecord[];
}

/** @throws StoreError `schema` when a column does not fit */
export function parseVolume(row: Selectable<Database['volumes']>, children: VolumeChildren): VolumeRecord {
  const reader = new RowReader('volumes', row, row.id);
  return {
    id: reader.text('id'),
    nameId: reader.textOrNull('_name_id'),
    projectId: reader.text('project_id'),
    userId: reader.text('user_id'),
    host: reader.textOrNull('host'),
    size: reader.integer('size'),
    availabilityZone: reader.textOrNull('availability_zone'),
    status: reader.oneOf('status', volumeStatuses),
    previousStatus: reader.oneOfOrNull('previous_status', volumeStatuses),
    attachStatus: reader.oneOf('attach_status', attachStatuses),
    migrationStatus: reader.textOrNull('migration_status'),
    replicationStatus: reader.textOrNull('replication_status'),
    replicationDriverData: reader.textOrNull('replication_driver_data'),
    displayName: reader.textOrNull('display_name'),
    displayDescription: reader.textOrNull('display_description'),
    snapshotId: reader.textOrNull('snapshot_id'),
    sourceVolid: reader.textOrNull('source_volid'),
    volumeTypeId: reader.text('volume_type_id'),
    bootable: reader.boolean('bootable'),
    encryptionKeyId: reader.textOrNull('encryption_key_id'),
    consistencygroupId: reader.textOrNull('consistencygroup_id'),
    groupId: reader.textOrNull('group_id'),
    providerId: reader.textOrNull('provider_id'),
    multiattach: reader.boolean('multiattach'),
    clusterName: reader.textOrNull('cluster_name'),
    serviceUuid: reader.textOrNull('service_uuid'),
    sharedTargets: reader.booleanOrNull('shared_targets'),
    // Rows from before Cinder 19 have null, and count.
    useQuota: reader.booleanOrNull('use_quota') ?? true,
    scheduledAt: reader.dateOrNull('scheduled_at'),
    launchedAt: reader.dateOrNull('launched_at'),
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
    ...children,
  };
}

export function insertVolumeRow(volume: NewVolume, now: string): InsertObject<Database, 'volumes'> {
  return {
    ...changedColumns(volume),
    id: volume.id,
    project_id: volume.projectId,
    user_id: volume.userId,
    snapshot_id: volume.snapshotId,
    source_volid: volume.sourceVolid,
    volume_type_id: volume.volumeTypeId,
    deleted: 0,
    created_at: now,
  };
}

/**
 * A volume on its way out also gets the time of that (`terminated_at`), as Cinder's API writes it with the status.
 */
export function updateVolumeRow(change: VolumeChange, now: string): Updateable<Database['volumes']> {
  return {
    ...changedColumns(change),
    updated_at: now,
    terminated_at: change.status === 'deleting' ? now : undefined,
  };
}

/** Undefined leaves a column out of the statement. */
function changedColumns(change: VolumeChange): Updateable<Database['volumes']> {
  return {
    _name_id: change.nameId,
    host: change.host,
    size: change.size,
    availability_zone: change.availabilityZone,
    status: change.status,
    previous_status: change.previousStatus,
    attach_status: change.attachStatus,
    migration_status: change.migrationStatus,
    replication_status: change.replicationStatus,
    replication_driver_data: change.replicationDriverData,
    display_name: change.displayName,
    display_description: change.displayDescription,
    volume_type_id: change.volumeTypeId,
    bootable: optionalFlag(change.bootable),
    encryption_key_id: change.encryptionKeyId,
    consistencygroup_id: change.consistencygroupId,
    group_id: change.groupId,
    provider_id: change.providerId,
    multiattach: optionalFlag(change.multiattach),
    cluster_name: change.clusterName,
    service_uuid: change.serviceUuid,
    shared_targets: change.sharedTargets === null ? null : optionalFlag(change.sharedTargets),
    use_quota: optionalFlag(change.useQuota),
    scheduled_at: change.scheduledAt === undefined ? undefined : formatDate(change.scheduledAt),
    launched_at: change.launchedAt === undefined ? undefined : formatDate(change.launchedAt),
  };
}

function optionalFlag(value: boolean | undefined): 0 | 1 | undefined {
  return value === undefined ? undefined : flag(value);
}
