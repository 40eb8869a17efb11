import { z } from 'zod';
import { driverSnapshot } from '../../rows/driver-views.ts';
import { giveBackSnapshotQuota } from '../../rows/usage.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { operation } from '../../run/definition.ts';
import { loadSnapshot, snapshotHost, touchSnapshot } from './load-snapshot.ts';

/** Deletes a snapshot. One that the array does not have is fine. */
export const deleteSnapshot = operation('delete_snapshot', {
  details: z.object({ snapshotId: z.string() }),
  resourceId: ({ snapshotId }) => snapshotId,
  claim: ({ snapshotId }) => ({ kind: 'snapshot', id: snapshotId, status: 'deleting' }),
  touches: (records, { snapshotId }) => touchSnapshot(records, snapshotId),
  host: (records, { snapshotId }) => snapshotHost(records, snapshotId),
  load: async (records, { snapshotId }) => {
    const rows = await loadSnapshot(records, snapshotId);
    return rows === null
      ? null
      : { ...rows, given: await driverSnapshot(records, rows.snapshot, rows.volume) };
  },
  // Without a name it was never tried on any array.
  withoutArray: ({ given }) => (given.providerId === null ? { made: undefined } : null),
  perform: (driver, { given }) => driver.snapshots.delete(given),
  interrupted: 'again',
  done: ({ snapshot }) => ({
    write: async (records) => {
      if ((await records.snapshots.get(snapshot.id)) !== null) {
        await giveBackSnapshotQuota(records, snapshot);
        await records.snapshots.delete(snapshot.id);
      }
      await records.workers.clear('Snapshot', snapshot.id);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ snapshot }, failure) => ({
    write: async (records) => {
      await records.snapshots.updateWhere(
        snapshot.id,
        { status: ['deleting'] },
        { status: failure.code === 'volume-busy' ? 'available' : 'error_deleting' },
      );
    },
    reservation: null,
    message: {
      resourceType: 'VOLUME_SNAPSHOT',
      resource: snapshot,
      action: messageActions.snapshotDelete,
      detail:
        failure.code === 'volume-busy' ? messageDetails.snapshotBusy : messageDetails.snapshotDeleteError,
    },
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => ({ reservation: null, error: null }),
  kind: 'cast',
  backend: 'shared',
});
