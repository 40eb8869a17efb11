import type { AttachmentRecord, AttachStatus, Records, VolumeStatus } from '@cinder-flasharray/store';

/** Statuses that follow from a volume's attachments; any other is of work that says itself how it ends. */
const attachmentStatuses = ['available', 'reserved', 'attaching', 'in-use', 'detaching'] as const;

/** By the attachments a volume has, the first that any of them is in; Cinder's order. */
const order = [
  ['attached', 'in-use'],
  ['attaching', 'attaching'],
  ['detaching', 'detaching'],
  ['reserved', 'reserved'],
] as const satisfies readonly (readonly [AttachStatus, VolumeStatus])[];

function attachStatusOf(attachments: readonly Pick<AttachmentRecord, 'attachStatus'>[]): {
  readonly status: (typeof attachmentStatuses)[number];
  readonly attachStatus: AttachStatus;
} {
  for (const [attachStatus, status] of order) {
    if (attachments.some((attachment) => attachment.attachStatus === attachStatus)) {
      return { status, attachStatus };
    }
  }
  return { status: 'available', attachStatus: 'detached' };
}

/** What a volume is when work on it is done: what its attachments say. */
export function statusByAttachments(
  attachments: readonly Pick<AttachmentRecord, 'attachStatus'>[],
): VolumeStatus {
  return attachStatusOf(attachments).status;
}

/**
 * The volume's status by the attachments it has left, as Cinder computes it. A volume that is being worked on, or in
 * error, keeps its status: whoever works on it looks at its attachments at the end.
 */
export async function recomputeVolumeStatus(
  records: Records,
  volumeId: string,
): Promise<readonly AttachmentRecord[]> {
  const left = await records.attachments.ofVolume(volumeId);
  const { status, attachStatus } = attachStatusOf(left);
  await records.volumes.update(volumeId, { attachStatus });
  await records.volumes.updateWhere(volumeId, { status: attachmentStatuses }, { status });
  return left;
}
