import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { currentArrayOf } from './current-array.ts';

/** Whether a volume, by its full name, is in a pod: on all arrays that the pod is stretched over, then. */
export function isInPod({ providerId }: Pick<VolumeRecord, 'providerId'>): boolean {
  return providerId?.includes('::') === true;
}

/**
 * Records the name that a volume has on the array now. A volume that moves takes the names of its snapshots along
 * (REST 2.x section 8.2).
 */
export async function recordMove(records: Records, volume: VolumeRecord, newName: string): Promise<void> {
  const oldName = volume.providerId;
  if (oldName === newName) {
    return;
  }
  await records.volumes.update(volume.id, { providerId: newName });
  if (oldName === null) {
    return;
  }
  for (const { id, providerId } of await records.snapshots.ofVolume(volume.id)) {
    if (providerId?.startsWith(`${oldName}.`) === true && (await isWithVolume(records, volume.id, id))) {
      const moved = `${newName}${providerId.slice(oldName.length)}`;
      await records.snapshots.update(id, { providerId: moved });
      await records.snapshots.setMetadata(id, { array_snapshot_name: moved }, 'merge');
    }
  }
}

/** One that is on another array than the volume has the name that the volume has there. */
async function isWithVolume(records: Records, volumeId: string, snapshotId: string): Promise<boolean> {
  const left = await records.snapshots.leftBehind(snapshotId);
  const volume = left === null ? null : await records.volumes.summary(volumeId);
  if (left === null || volume === null || volume.host === null) {
    return true;
  }
  const there = volume.replicationDriverData ?? (await currentArrayOf(records, volume.host));
  return left.backendId === there;
}
