import { z } from 'zod';
import { driverGroupSnapshot } from '../../rows/driver-views.ts';
import { giveBackSnapshotQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { asGroupOrOneByOne } from '../groups/as-group.ts';
import { groupSnapshotHost, loadGroupSnapshot, touchGroupSnapshot } from './load-group-snapshot.ts';

/** Deletes the snapshots of all members. */
export const deleteGroupSnapshot = operation('delete_group_snapshot', {
  details: z.object({ groupSnapshotId: z.string() }),
  resourceId: ({ groupSnapshotId }) => groupSnapshotId,
  claim: ({ groupSnapshotId }) => ({ kind: 'group-snapshot', id: groupSnapshotId, status: 'deleting' }),
  touches: (records, { groupSnapshotId }) => touchGroupSnapshot(records, groupSnapshotId),
  host: (records, { groupSnapshotId }) => groupSnapshotHost(records, groupSnapshotId),
  load: async (records, { groupSnapshotId }) => {
    const loaded = await loadGroupSnapshot(records, groupSnapshotId);
    return loaded === null ? null : { ...loaded, given: await driverGroupSnapshot(records, loaded.record) };
  },
  perform: (driver, { given, members }) =>
    asGroupOrOneByOne(
      async () => {
        await driver.groups.deleteSnapshot(given);
      },
      async () => {
        for (const member of members) {
          await driver.snapshots.delete(member);
        }
      },
    ),
  interrupted: 'again',
  done: ({ record, rows }) => ({
    write: async (records) => {
      for (const row of rows) {
        if ((await records.snapshots.get(row.id)) !== null) {
          await giveBackSnapshotQuota(records, row);
          await records.snapshots.delete(row.id);
        }
      }
      await records.groupSnapshots.delete(record.id);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ record, rows }, failure) => ({
    write: async (records) => {
      for (const { id } of rows) {
        await records.snapshots.updateWhere(id, { status: ['deleting'] }, { status: 'error_deleting' });
      }
      await records.groupSnapshots.updateWhere(
        record.id,
        { status: ['deleting'] },
        { status: 'error_deleting' },
      );
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
