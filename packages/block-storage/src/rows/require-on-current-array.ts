import type { GroupRecord, Records, VolumeSummary } from '@cinder-flasharray/store';
import { backendHostOf, leftBehindOn, primaryArray } from '@cinder-flasharray/volume-manager';
import { invalidGroup, invalidVolume } from '../request/refusals.ts';

/**
 * A volume that a failover, or the way back, has left on another array can only be removed when that array is current
 * again: the one that is current would say that it is gone.
 * @throws BlockStorageError `invalid-volume`
 */
export async function requireOnCurrentArray(records: Records, volume: VolumeSummary): Promise<void> {
  const why = await leftBehindBy(records, volume);
  if (why !== null) {
    throw invalidVolume(`Volume ${volume.id} ${why}`);
  }
}

/**
 * The same for a group that has no volumes on the back end.
 * @throws BlockStorageError `invalid-group`
 */
export async function requireGroupOnCurrentArray(records: Records, group: GroupRecord): Promise<void> {
  const why = await leftBehindBy(records, group);
  if (why !== null) {
    throw invalidGroup(`Group ${group.id} ${why}`);
  }
}

/** Where it is, and not the back end; null: the back end works there. */
async function leftBehindBy(
  records: Records,
  row: Parameters<typeof leftBehindOn>[1],
): Promise<string | null> {
  const there = await leftBehindOn(records, row);
  return row.host === null || there === null ? null : removableOn(backendHostOf(row.host), there);
}

function removableOn(backend: string, there: string): string {
  return there === primaryArray
    ? `is on the primary array of ${backend}, which works on another one: it can be removed after the failback.`
    : `is on array ${there}, which ${backend} does not work on: it can be removed there, or after a failover to it.`;
}
