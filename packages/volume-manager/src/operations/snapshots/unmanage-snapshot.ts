import { z } from 'zod';
import { driverSnapshot } from '../../rows/driver-views.ts';
import { giveBackSnapshotQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { loadSnapshot, snapshotHost, touchSnapshot } from './load-snapshot.ts';

/** Forgets a snapshot, and leaves it on the array under another name. */
export const unmanageSnapshot = operation('unmanage_snapshot', {
  details: z.object({ snapshotId: z.string() }),
  resourceId: ({ snapshotId }) => snapshotId,
  claim: ({ snapshotId }) => ({ kind: 'snapshot', id: snapshotId, status: 'unmanaging' }),
  touches: (records, { snapshotId }) => touchSnapshot(records, snapshotId),
  host: (records, { snapshotId }) => snapshotHost(records, snapshotId),
  load: async (records, { snapshotId }) => {
    const rows = await loadSnapshot(records, snapshotId);
    return rows === null
      ? null
      : { ...rows, given: await driverSnapshot(records, rows.snapshot, rows.volume) };
  },
  withoutArray: ({ given }) => (given.providerId === null ? { made: undefined } : null),
  perform: (driver, { given }) => driver.manage.unmanageSnapshot(given),
  interrupted: 'again',
  done: ({ snapshot }) => ({
    write: async (records) => {
      if ((await records.snapshots.get(snapshot.id)) !== null) {
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
  abandoned: () => ({ reservation: null, error: null }),
  kind: 'cast',
  backend: 'shared',
});
