import { z } from 'zod';
import { recordSnapshotSize } from '../../rows/usage.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { onSnapshot } from './load-snapshot.ts';

/** Takes a snapshot of a volume. */
export const createSnapshot = operation('create_snapshot', {
  details: z.object({ snapshotId: z.string() }),
  ...onSnapshot('creating'),
  perform: async (driver, { snapshot, given }, call) => {
    const providerId = given.providerId ?? driver.names.intendedSnapshot(given);
    if (given.providerId === null) {
      await call.note((records) => records.snapshots.update(snapshot.id, { providerId }));
    }
    return await driver.snapshots.create({ ...given, providerId });
  },
  interrupted: 'again',
  done: ({ snapshot, volume }, { providerId, size, metadata }) => ({
    write: async (records) => {
      await recordSnapshotSize(records, snapshot, size ?? volume.size);
      await records.snapshots.update(snapshot.id, { providerId, progress: '100%' });
      await records.snapshots.updateWhere(snapshot.id, { status: ['creating'] }, { status: 'available' });
      await records.snapshots.setMetadata(snapshot.id, metadata, 'merge');
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
      await records.snapshots.updateWhere(snapshot.id, { status: ['creating'] }, { status: 'error' });
      if (failure.nothingMade) {
        await records.snapshots.update(snapshot.id, { providerId: null });
      }
      await records.workers.clear('Snapshot', snapshot.id);
    },
    reservation: null,
    message: {
      resourceType: 'VOLUME_SNAPSHOT',
      resource: snapshot,
      action: messageActions.snapshotCreate,
      detail: messageDetails.snapshotCreateError,
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
