import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverSnapshot, driverVolume, readOnce } from '../../rows/driver-views.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';

/** Gives a volume the contents of its latest snapshot again. */
export const revertToSnapshot = operation('revert_to_snapshot', {
  details: z.object({ volumeId: z.string(), snapshotId: z.string() }),
  resourceId: ({ volumeId }) => volumeId,
  claim: ({ volumeId }) => ({ kind: 'volume', id: volumeId, status: ['reverting'] }),
  touches: async (_records, { volumeId, snapshotId }) => [
    exclusive('volume', volumeId),
    exclusive('snapshot', snapshotId),
  ],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, snapshotId }) => {
    const volume = await records.volumes.get(volumeId);
    const snapshot = await records.snapshots.get(snapshotId);
    if (volume === null || snapshot === null) {
      return null;
    }
    const lookups = readOnce(records);
    return {
      volume,
      snapshot,
      given: await driverVolume(lookups, volume),
      from: await driverSnapshot(lookups, snapshot, volume),
    };
  },
  perform: (driver, { given, from }) => driver.snapshots.revert(given, from),
  interrupted: 'again',
  done: ({ volume, snapshot }) => ({
    write: async (records) => {
      await records.volumes.updateWhere(volume.id, { status: ['reverting'] }, { status: 'available' });
      await records.snapshots.updateWhere(snapshot.id, { status: ['restoring'] }, { status: 'available' });
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ volume, snapshot }, failure) => ({
    write: async (records) => {
      await records.volumes.updateWhere(volume.id, { status: ['reverting'] }, { status: 'error' });
      await records.snapshots.updateWhere(snapshot.id, { status: ['restoring'] }, { status: 'available' });
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: ({ snapshotId }) => ({
    ...nothingTaken(),
    write: async (records) => {
      await records.snapshots.updateWhere(snapshotId, { status: ['restoring'] }, { status: 'available' });
    },
  }),
  kind: 'cast',
  backend: 'shared',
});
