import type { GroupRecord, Records, SnapshotRecord, VolumeSummary } from '@cinder-flasharray/store';
import {
  backendHostOf,
  groupLeftBehindOn,
  leftBehindOn,
  primaryArray,
  thePod,
} from '@cinder-flasharray/volume-manager';
import { invalidGroup, invalidSnapshot, invalidVolume } from '../request/refusals.ts';

/**
 * A volume that a failover, or the way back, has left on another array can only be removed when that array is current
 * again: the one that is current would say that it is gone.
 * @throws BlockStorageError `invalid-volume`
 */
export async function requireOnCurrentArray(records: Records, volume: VolumeSummary): Promise<void> {
  const why = removableOn(volume.host, await leftBehindOn(records, volume));
  if (why !== null) {
    throw invalidVolume(`Volume ${volume.id} ${why}`);
  }
}

/**
 * The same for a snapshot: copies of volumes have none of their snapshots.
 * @throws BlockStorageError `invalid-snapshot` | `invalid-volume`
 */
export async function requireSnapshotOnCurrentArray(
  records: Records,
  { id, volumeId }: Pick<SnapshotRecord, 'id' | 'volumeId'>,
): Promise<void> {
  const volume = await records.volumes.summary(volumeId);
  if (volume === null) {
    return;
  }
  await requireOnCurrentArray(records, volume);
  const left = await records.snapshots.leftBehind(id);
  const why = removableOn(volume.host, left?.backendId ?? null);
  if (why !== null) {
    throw invalidSnapshot(`Snapshot ${id} ${why}`);
  }
}

/**
 * The same for the protection group of a group: nothing is taken of it, and nobody joins or leaves, where it is not.
 * @throws BlockStorageError `invalid-group`
 */
export async function requireGroupOnCurrentArray(records: Records, group: GroupRecord): Promise<void> {
  const why = removableOn(group.host, await groupLeftBehindOn(records, group));
  if (why !== null) {
    throw invalidGroup(`Group ${group.id} ${why}`);
  }
}

/** @returns null: the back end works where it is */
function removableOn(host: string | null, there: string | null): string | null {
  if (host === null || there === null) {
    return null;
  }
  const backend = backendHostOf(host);
  switch (there) {
    case primaryArray:
      return `is on the primary array of ${backend}, which works on another one: it can be changed or removed after the failback.`;
    case thePod:
      return `is in the replicated pod of ${backend}, which works on an array outside of it: it can be changed or removed after the failback.`;
    default:
      return `is on array ${there}, which ${backend} does not work on: it can be changed or removed there, or after a failover to it.`;
  }
}
