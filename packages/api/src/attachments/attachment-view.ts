import type { AttachmentRecord } from '@cinder-flasharray/store';
import { isoTime } from '../http/view.ts';

/** What the short list shows. */
export function attachmentSummary(attachment: AttachmentRecord): Readonly<Record<string, unknown>> {
  return {
    id: attachment.id,
    status: attachment.attachStatus,
    instance: attachment.instanceUuid,
    volume_id: attachment.volumeId,
  };
}

/**
 * An attachment with what a host needs to connect: credentials too. Unset times are empty text and an unset mode is the
 * text `null`, as Cinder 21 shows them.
 */
export function attachmentView(attachment: AttachmentRecord): Readonly<Record<string, unknown>> {
  return {
    ...attachmentSummary(attachment),
    attached_at: isoTime(attachment.attachTime) ?? '',
    detached_at: isoTime(attachment.detachTime) ?? '',
    attach_mode: attachment.attachMode ?? 'null',
    connection_info: attachment.connectionInfo ?? {},
  };
}
