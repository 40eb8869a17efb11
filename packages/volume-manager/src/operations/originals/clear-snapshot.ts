import { gibibytes } from '@cinder-flasharray/common';
import type { DriverSnapshot } from '@cinder-flasharray/driver';
import type { Records, SnapshotRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { currentArrayOf, primaryArray, thePod } from '../../rows/current-array.ts';
import { isInPod } from '../../rows/volume-names.ts';
import { exclusive } from '../../run/resource.ts';
import { whenCurrent } from './when-current.ts';

/**
 * A failover to copies has broken off a snapshot, which was taken again of the copy: when the array that it began on is
 * current again, what that has of it goes.
 */
export const clearSnapshot = whenCurrent('clear_snapshot', {
  details: z.object({
    host: z.string(),
    backendId: z.string(),
    snapshotId: z.string(),
    volumeId: z.string(),
    /** Of the snapshot. */
    providerId: z.string(),
  }),
  resourceId: ({ snapshotId }) => snapshotId,
  touches: async (_records, { snapshotId, volumeId }) => [
    exclusive('snapshot', snapshotId),
    exclusive('volume', volumeId),
  ],
  load: async (records, { host, backendId, snapshotId, volumeId, providerId }) => {
    const given: DriverSnapshot = {
      id: snapshotId,
      providerId,
      volumeSize: gibibytes(0),
      metadata: {},
      volume: { id: volumeId, nameId: volumeId, providerId: null, type: null },
      groupSnapshot: null,
    };
    const row = await records.snapshots.summary(snapshotId);
    const left = await records.snapshots.leftBehind(snapshotId);
    const isElsewhere =
      left !== null &&
      left.backendId !== (await currentArrayOf(records, host)) &&
      !(backendId === thePod && left.backendId === primaryArray);
    // What the row speaks of may be this one after all.
    return { given, isItsOwn: row !== null && !isElsewhere };
  },
  perform: async (driver, { given, isItsOwn }) => {
    if (!isItsOwn) {
      await driver.snapshots.delete(given);
    }
  },
});

/**
 * Puts that on record, of a snapshot that is being taken; one that is being managed is not ours to delete.
 * @param host of the back end, `node1@puredriver-1`
 * @param left the array that may have it, and whether it is one of the pod
 */
export async function deferSnapshot(
  records: Records,
  { id: snapshotId, volumeId, providerId }: SnapshotRecord,
  host: string,
  left: { readonly backendId: string; readonly servesPod: boolean },
): Promise<void> {
  // Without a name it was never tried.
  if (providerId !== null) {
    await clearSnapshot.defer(records, {
      host,
      backendId: isInPod({ providerId }) && left.servesPod ? thePod : left.backendId,
      snapshotId,
      volumeId,
      providerId,
    });
  }
}
