import type { Records, VolumeRecord } from '@cinder-flasharray/store';

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
    // One that is on another array has the name that the volume has there.
    const isMoved = providerId?.startsWith(`${oldName}.`) === true;
    if (isMoved && (await records.snapshots.leftBehind(id)) === null) {
      const moved = `${newName}${providerId.slice(oldName.length)}`;
      await records.snapshots.update(id, { providerId: moved });
      await records.snapshots.setMetadata(id, { array_snapshot_name: moved }, 'merge');
    }
  }
}
