import type { AttachmentRecord, VolumeRecord, VolumeStatus } from '@cinder-flasharray/store';

/** Where the older way to attach may begin. */
export function attachableStatuses({
  multiattach,
}: Pick<VolumeRecord, 'multiattach'>): readonly VolumeStatus[] {
  return multiattach
    ? ['available', 'attaching', 'reserved', 'in-use']
    : ['available', 'attaching', 'reserved'];
}

/** Why the older way to attach is refused. */
export function notAttachable(volume: Pick<VolumeRecord, 'id' | 'multiattach' | 'status'>): string {
  const statuses = attachableStatuses(volume).join(' or ');
  return `Volume ${volume.id} status must be ${statuses} to attach, but the current status is ${volume.status}.`;
}

/**
 * What the older way to detach means: the attachment that is named, or the only one. `gone`: it is no attachment of the
 * volume; `none`: the volume has none at all, which is fine; `ambiguous`: it has several.
 */
export function attachmentToDetach(
  { attachments }: Pick<VolumeRecord, 'attachments'>,
  attachmentId: string | null,
): AttachmentRecord | 'gone' | 'none' | 'ambiguous' {
  if (attachmentId !== null) {
    return attachments.find(({ id }) => id === attachmentId) ?? 'gone';
  }
  const [only] = attachments;
  return only === undefined ? 'none' : attachments.length > 1 ? 'ambiguous' : only;
}

export const ambiguousDetach =
  'Detach volume failed: More than one attachment, but no attachment_id provided.';
