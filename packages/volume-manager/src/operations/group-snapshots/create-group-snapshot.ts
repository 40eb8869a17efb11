import type { DriverSnapshot, MemberSnapshotUpdate } from '@cinder-flasharray/driver';
import { z } from 'zod';
import { recordSnapshotSize } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { asGroupOrOneByOne, oneAfterTheOther } from '../groups/as-group.ts';
import { onGroupSnapshot } from './load-group-snapshot.ts';

/** Snapshots of all members at one point in time; every member's name is on record before that. */
export const createGroupSnapshot = operation('create_group_snapshot', {
  details: z.object({ groupSnapshotId: z.string() }),
  ...onGroupSnapshot('creating'),
  perform: async (driver, { given, members }, call) => {
    const named: DriverSnapshot[] = [];
    for (const member of members) {
      const providerId = member.providerId ?? driver.names.intendedSnapshot(member);
      if (member.providerId === null) {
        await call.note((records) => records.snapshots.update(member.id, { providerId }));
      }
      named.push({ ...member, providerId });
    }
    return await asGroupOrOneByOne(
      () => driver.groups.createSnapshot(given, named),
      () =>
        oneAfterTheOther(
          named,
          async (snapshot): Promise<MemberSnapshotUpdate> => ({
            id: snapshot.id,
            ...(await driver.snapshots.create(snapshot)),
          }),
        ),
    );
  },
  interrupted: 'again',
  done: ({ record, rows, sizes }, updates) => ({
    write: async (records) => {
      const told = new Map(updates.map(({ id, size }) => [id, size]));
      for (const row of rows) {
        await recordSnapshotSize(records, row, told.get(row.id) ?? sizes.get(row.volumeId) ?? row.volumeSize);
      }
      for (const { id, providerId, metadata } of updates) {
        await records.snapshots.update(id, { providerId, progress: '100%' });
        await records.snapshots.updateWhere(id, { status: ['creating'] }, { status: 'available' });
        await records.snapshots.setMetadata(id, metadata, 'merge');
      }
      await records.groupSnapshots.updateWhere(record.id, { status: ['creating'] }, { status: 'available' });
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
        await records.snapshots.updateWhere(id, { status: ['creating'] }, { status: 'error' });
      }
      await records.groupSnapshots.updateWhere(record.id, { status: ['creating'] }, { status: 'error' });
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
        await records.snapshots.updateWhere(id, { status: ['creating'] }, { status: 'error' });
      }
    },
  }),
  kind: 'cast',
  backend: 'shared',
});
