import type { DriverError, MissedDisconnect } from '@cinder-flasharray/driver';
import type { AttachmentRecord, JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
import { failed, OperationError } from '../../errors.ts';
import { sharesHost } from '../../rows/connector-identity.ts';
import { recomputeVolumeStatus } from '../../rows/volume-status.ts';
import type { Ending, Failing } from '../../run/definition.ts';
import { failedWithoutRows } from '../../run/endings.ts';
import { voidMakeUpConnect } from './make-up-connect.ts';
import { type DisconnectedVolume, disconnectedVolume, madeUpFor } from './make-up-disconnect.ts';
import { tagAttachment } from './tag-attachment.ts';

export interface EndedAttachment extends DisconnectedVolume {
  readonly volume: VolumeRecord;
  readonly attachment: AttachmentRecord;
  /** The machine whose connection ends; null: it has none, or another attachment needs it. */
  readonly ended: JsonObject | null;
}

export async function loadAttachment(
  records: Records,
  volume: VolumeRecord,
  attachment: AttachmentRecord,
): Promise<EndedAttachment> {
  const { id, connector } = attachment;
  const ended = connector === null || sharesHost(volume.attachments, connector, id) ? null : connector;
  return { volume, attachment, ended, ...(await disconnectedVolume(records, volume)) };
}

/** The attachment is gone, and the volume is what its other attachments say. */
export function attachmentEnded(
  { volume, copies, attachment, ended }: EndedAttachment,
  missed: readonly MissedDisconnect[],
): Ending<undefined> {
  return {
    write: async (records) => {
      await records.attachments.delete(attachment.id);
      if (ended !== null) {
        await voidMakeUpConnect(records, volume.id, ended);
      }
      const left = await recomputeVolumeStatus(records, volume.id);
      if (left.length === 0 && attachment.connector !== null) {
        await records.volumes.setAdminMetadata(volume.id, 'attached_mode', null);
      }
    },
    reservation: null,
    message: null,
    next: [
      ...(ended === null ? [] : madeUpFor({ volume, copies }, ended, missed)),
      ...(attachment.connector !== null && volume.attachments.length <= 1
        ? [tagAttachment.of({ volumeId: volume.id, attachment: null })]
        : []),
    ],
    refresh: false,
    answer: undefined,
  };
}

export function attachmentNotEnded({ attachment }: EndedAttachment, failure: DriverError): Failing {
  return {
    ...failedWithoutRows(failed(failure)),
    write: async (records) => {
      await records.attachments.update(attachment.id, { attachStatus: 'error_detaching' });
    },
  };
}

export function attachmentGone(attachmentId: string): OperationError {
  return new OperationError('attachment-gone', `Attachment ${attachmentId} is gone.`);
}
