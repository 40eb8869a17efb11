import { z } from 'zod';
import { giveBackSnapshotQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { asGroupOrOneByOne } from '../groups/as-group.ts';
import { onGroupSnapshot } from './load-group-snapshot.ts';

/** Deletes the snapshots of all members. */
export const deleteGroupSnapshot = operation('delete_group_snapshot', {
  details: z.object({ groupSnapshotId: z.string() }),
  ...onGroupSnapshot('deleting'),
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
      // Written again after a crash, some are gone already.
      const left = new Set((await records.snapshots.ofGroupSnapshot(record.id)).map(({ id }) => id));
      const live = rows.filter(({ id }) => left.has(id));
      await giveBackSnapshotQuota(records, ...live);
      for (const { id } of live) {
        await records.snapshots.delete(id);
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
  abandoned: ({ groupSnapshotId }) => ({
    ...nothingTaken(),
    write: async (records) => {
      for (const { id } of await records.snapshots.ofGroupSnapshot(groupSnapshotId)) {
        await records.snapshots.updateWhere(id, { status: ['deleting'] }, { status: 'error_deleting' });
      }
    },
  }),
  kind: 'cast',
  backend: 'shared',
});
