import { gibibytes } from '@cinder-flasharray/common';
import type { DriverSnapshot } from '@cinder-flasharray/driver';
import type { Records, SnapshotRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { thePod } from '../../rows/current-array.ts';
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
  load: async (records, { snapshotId, volumeId, providerId }) => {
    const given: DriverSnapshot = {
      id: snapshotId,
      providerId,
      volumeSize: gibibytes(0),
      metadata: {},
      volume: { id: volumeId, nameId: volumeId, providerId: null, type: null },
      groupSnapshot: null,
    };
    const row = await records.snapshots.summary(snapshotId);
    // What the row speaks of may be this one after all.
    return { given, isItsOwn: row !== null && (await records.snapshots.leftBehind(snapshotId)) === null };
  },
  perform: async (driver, { given, isItsOwn }) => {
    if (!isItsOwn) {
      await driver.snapshots.delete(given);
    }
  },
});

/**
 * Puts that on record, of a snapshot that is being taken.
 * @param host of the back end, `node1@puredriver-1`
 * @param backendId the array that may have it
 */
export async function deferSnapshot(
  records: Records,
  { id: snapshotId, volumeId, providerId }: SnapshotRecord,
  host: string,
  backendId: string,
): Promise<void> {
  // Without a name it was never tried.
  if (providerId !== null) {
    await clearSnapshot.defer(records, {
      host,
      backendId: isInPod({ providerId }) ? thePod : backendId,
      snapshotId,
      volumeId,
      providerId,
    });
  }
}
