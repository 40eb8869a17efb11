import type { AttachmentRecord, Records } from '@cinder-flasharray/store';

/**
 * The volume's status by the attachments it has left, as Cinder computes it: `in-use` when one is attached, else the
 * first of attaching, detaching, reserved; `available` without any.
 */
export async function recomputeVolumeStatus(
  records: Records,
  volumeId: string,
): Promise<readonly AttachmentRecord[]> {
  const left = await records.attachments.ofVolume(volumeId);
  const statuses = new Set(left.map(({ attachStatus }) => attachStatus));
  if (statuses.has('attached')) {
    await records.volumes.update(volumeId, { status: 'in-use', attachStatus: 'attached' });
  } else if (statuses.has('attaching')) {
    await records.volumes.update(volumeId, { status: 'attaching', attachStatus: 'attaching' });
  } else if (statuses.has('detaching')) {
    await records.volumes.update(volumeId, { status: 'detaching', attachStatus: 'detaching' });
  } else if (statuses.has('reserved')) {
    await records.volumes.update(volumeId, { status: 'reserved', attachStatus: 'reserved' });
  } else {
    await records.volumes.update(volumeId, { status: 'available', attachStatus: 'detached' });
  }
  return left;
}
