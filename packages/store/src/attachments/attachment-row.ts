import type { InsertObject, Selectable, Updateable } from 'kysely';
import { RowReader } from '../database/row-reader.ts';
import type { Database } from '../database/tables.ts';
import { formatDate, formatJson } from '../database/values.ts';
import { type AttachmentRecord, attachStatuses } from '../records.ts';
import type { AttachmentChange, NewAttachment } from './attachment-store.ts';

/** @throws StoreError `schema` when a column does not fit */
export function parseAttachment(row: Selectable<Database['volume_attachment']>): AttachmentRecord {
  const reader = new RowReader('volume_attachment', row, row.id);
  return {
    id: reader.text('id'),
    volumeId: reader.text('volume_id'),
    attachedHost: reader.textOrNull('attached_host'),
    instanceUuid: reader.textOrNull('instance_uuid'),
    mountpoint: reader.textOrNull('mountpoint'),
    attachTime: reader.dateOrNull('attach_time'),
    detachTime: reader.dateOrNull('detach_time'),
    attachMode: reader.oneOfOrNull('attach_mode', ['rw', 'ro']),
    attachStatus: reader.oneOf('attach_status', attachStatuses),
    connectionInfo: reader.jsonOrNull('connection_info'),
    connector: reader.jsonOrNull('connector'),
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
  };
}

export function insertAttachmentRow(
  attachment: NewAttachment,
  now: string,
): InsertObject<Database, 'volume_attachment'> {
  return {
    ...changedColumns(attachment),
    id: attachment.id,
    volume_id: attachment.volumeId,
    deleted: 0,
    created_at: now,
  };
}

export function updateAttachmentRow(
  change: AttachmentChange,
  now: string,
): Updateable<Database['volume_attachment']> {
  return { ...changedColumns(change), updated_at: now };
}

/** Undefined leaves a column out of the statement. */
function changedColumns(change: AttachmentChange): Updateable<Database['volume_attachment']> {
  return {
    attached_host: change.attachedHost,
    instance_uuid: change.instanceUuid,
    mountpoint: change.mountpoint,
    attach_time: change.attachTime === undefined ? undefined : formatDate(change.attachTime),
    detach_time: change.detachTime === undefined ? undefined : formatDate(change.detachTime),
    attach_mode: change.attachMode,
    attach_status: change.attachStatus,
    connection_info: change.connectionInfo === undefined ? undefined : formatJson(change.connectionInfo),
    connector: change.connector === undefined ? undefined : formatJson(change.connector),
  };
}
