import { z } from 'zod';
import { giveBackSnapshotQuota } from '../../rows/usage.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { onSnapshot } from './load-snapshot.ts';

/** Deletes a snapshot. One that the array does not have is fine. */
export const deleteSnapshot = operation('delete_snapshot', {
  details: z.object({ snapshotId: z.string() }),
  ...onSnapshot('deleting'),
  // Without a name it was never tried on any array.
  withoutArray: ({ given }) => (given.providerId === null ? { made: undefined } : null),
  perform: (driver, { given }) => driver.snapshots.delete(given),
  interrupted: 'again',
  done: ({ snapshot }) => ({
    write: async (records) => {
      if ((await records.snapshots.summary(snapshot.id)) !== null) {
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
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});
