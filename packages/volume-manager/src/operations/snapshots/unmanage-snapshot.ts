import { z } from 'zod';
import { giveBackSnapshotQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { onSnapshot } from './load-snapshot.ts';

/** Forgets a snapshot, and leaves it on the array under another name. */
export const unmanageSnapshot = operation('unmanage_snapshot', {
  details: z.object({ snapshotId: z.string() }),
  ...onSnapshot('unmanaging'),
  withoutArray: ({ given }) => (given.providerId === null ? { made: undefined } : null),
  perform: (driver, { given }) => driver.manage.unmanageSnapshot(given),
  interrupted: 'again',
  done: ({ snapshot }) => ({
    write: async (records) => {
      if ((await records.snapshots.summary(snapshot.id)) !== null) {
        await giveBackSnapshotQuota(records, snapshot);
        await records.snapshots.delete(snapshot.id);
      }
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ snapshot }, failure) => ({
    write: async (records) => {
      await records.snapshots.updateWhere(snapshot.id, { status: ['unmanaging'] }, { status: 'error' });
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});
