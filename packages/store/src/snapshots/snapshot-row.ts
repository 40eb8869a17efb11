import type { InsertObject, Selectable, Updateable } from 'kysely';
import { RowReader } from '../database/row-reader.ts';
import type { Database } from '../database/tables.ts';
import { flag } from '../database/values.ts';
import { type Metadata, type SnapshotRecord, snapshotStatuses } from '../records.ts';
import type { NewSnapshot, SnapshotChange } from './snapshot-store.ts';

/** @throws StoreError `schema` when a column does not fit */
export function parseSnapshot(row: Selectable<Database['snapshots']>, metadata: Metadata): SnapshotRecord {
  const reader = new RowReader('snapshots', row, row.id);
  return {
    id: reader.text('id'),
    volumeId: reader.text('volume_id'),
    projectId: reader.text('project_id'),
    userId: reader.text('user_id'),
    status: reader.oneOf('status', snapshotStatuses),
    progress: reader.textOrNull('progress'),
    volumeSize: reader.integer('volume_size'),
    displayName: reader.textOrNull('display_name'),
    displayDescription: reader.textOrNull('display_description'),
    providerId: reader.textOrNull('provider_id'),
    volumeTypeId: reader.text('volume_type_id'),
    groupSnapshotId: reader.textOrNull('group_snapshot_id'),
    cgsnapshotId: reader.textOrNull('cgsnapshot_id'),
    // Rows from before Cinder 19 have null, and count.
    useQuota: reader.booleanOrNull('use_quota') ?? true,
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
    metadata,
  };
}

export function insertSnapshotRow(snapshot: NewSnapshot, now: string): InsertObject<Database, 'snapshots'> {
  return {
    ...changedColumns(snapshot),
    id: snapshot.id,
    volume_id: snapshot.volumeId,
    project_id: snapshot.projectId,
    user_id: snapshot.userId,
    volume_type_id: snapshot.volumeTypeId,
    cgsnapshot_id: snapshot.cgsnapshotId,
    use_quota: flag(snapshot.useQuota),
    deleted: 0,
    created_at: now,
  };
}

export function updateSnapshotRow(change: SnapshotChange, now: string): Updateable<Database['snapshots']> {
  return { ...changedColumns(change), updated_at: now };
}

/** Undefined leaves a column out of the statement. */
function changedColumns(change: SnapshotChange): Updateable<Database['snapshots']> {
  return {
    status: change.status,
    progress: change.progress,
    volume_size: change.volumeSize,
    display_name: change.displayName,
    display_description: change.displayDescription,
    provider_id: change.providerId,
    volume_type_id: change.volumeTypeId,
    group_snapshot_id: change.groupSnapshotId,
  };
}
