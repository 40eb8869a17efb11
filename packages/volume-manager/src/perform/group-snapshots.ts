import type { MemberSnapshotUpdate } from '@cinder-flasharray/driver';
import type { GroupRecord, GroupSnapshotRecord, SnapshotRecord } from '@cinder-flasharray/store';
import { driverGroupSnapshot, driverSnapshot } from '../rows/driver-views.ts';
import { giveBackSnapshotQuota } from '../rows/usage.ts';
import {
  driverFailure,
  driverOf,
  finish,
  groupLock,
  type PerformDependencies,
  snapshotLock,
} from './dependencies.ts';
import { inTurn, plainly } from './groups.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

/** All members at one point in time; every member's name is on record before that. */
export async function createGroupSnapshot(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'create_group_snapshot'>,
): Promise<void> {
  const { store, logger } = dependencies;
  await withGroupSnapshot(
    dependencies,
    entryId,
    intent.groupSnapshotId,
    'creating',
    async (record, group, rows) => {
      try {
        const driver = driverOf(dependencies, group);
        const groupSnapshot = await driverGroupSnapshot(store, record);
        const snapshots = await inTurn(rows, async (row) => {
          const volume = await store.volumes.get(row.volumeId);
          if (volume === null) {
            return [];
          }
          const given = await driverSnapshot(store, row, volume);
          const providerId = row.providerId ?? driver.intendedSnapshotName(given);
          await store.snapshots.update(row.id, { providerId });
          return [{ ...given, providerId }];
        });
        const members = snapshots.flat();
        const updates = await plainly(
          () => withRetries(dependencies, () => driver.createGroupSnapshot(groupSnapshot, members)),
          () =>
            inTurn(
              members,
              async (snapshot): Promise<MemberSnapshotUpdate> => ({
                id: snapshot.id,
                ...(await withRetries(dependencies, () => driver.createSnapshot(snapshot))),
              }),
            ),
        );
        await finish(dependencies, entryId, async (records) => {
          for (const { id, providerId, metadata } of updates) {
            await records.snapshots.update(id, { providerId, progress: '100%' });
            await records.snapshots.updateWhere(id, { status: ['creating'] }, { status: 'available' });
            await records.snapshots.setMetadata(id, metadata, 'merge');
          }
          await records.groupSnapshots.updateWhere(
            record.id,
            { status: ['creating'] },
            { status: 'available' },
          );
        });
        logger.info({ groupSnapshot: record.id, snapshots: updates.length }, 'group snapshot created');
      } catch (error) {
        const failure = driverFailure(error);
        logger.error({ groupSnapshot: record.id, error: failure }, 'could not create the group snapshot');
        await finish(dependencies, entryId, async (records) => {
          for (const { id } of rows) {
            await records.snapshots.updateWhere(id, { status: ['creating'] }, { status: 'error' });
          }
          await records.groupSnapshots.updateWhere(record.id, { status: ['creating'] }, { status: 'error' });
        });
      }
    },
  );
}

export async function deleteGroupSnapshot(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'delete_group_snapshot'>,
): Promise<void> {
  const { store, logger } = dependencies;
  await withGroupSnapshot(
    dependencies,
    entryId,
    intent.groupSnapshotId,
    'deleting',
    async (record, group, rows) => {
      try {
        const driver = driverOf(dependencies, group);
        const groupSnapshot = await driverGroupSnapshot(store, record);
        await plainly(
          () => withRetries(dependencies, () => driver.deleteGroupSnapshot(groupSnapshot)),
          async () => {
            for (const row of rows) {
              const volume = await store.volumes.get(row.volumeId);
              if (volume !== null) {
                await withRetries(dependencies, async () =>
                  driver.deleteSnapshot(await driverSnapshot(store, row, volume)),
                );
              }
            }
          },
        );
        await finish(dependencies, entryId, async (records) => {
          for (const row of rows) {
            await giveBackSnapshotQuota(records, row);
            await records.snapshots.delete(row.id);
          }
          await records.groupSnapshots.delete(record.id);
        });
        logger.info({ groupSnapshot: record.id }, 'group snapshot deleted');
      } catch (error) {
        const failure = driverFailure(error);
        logger.error({ groupSnapshot: record.id, error: failure }, 'could not delete the group snapshot');
        await finish(dependencies, entryId, async (records) => {
          for (const { id } of rows) {
            await records.snapshots.updateWhere(id, { status: ['deleting'] }, { status: 'error_deleting' });
          }
          await records.groupSnapshots.updateWhere(
            record.id,
            { status: ['deleting'] },
            { status: 'error_deleting' },
          );
        });
      }
    },
  );
}

async function withGroupSnapshot(
  { store, locks }: PerformDependencies,
  entryId: string,
  id: string,
  status: GroupSnapshotRecord['status'],
  work: (
    record: GroupSnapshotRecord,
    group: Pick<GroupRecord, 'id' | 'host'>,
    rows: readonly SnapshotRecord[],
  ) => Promise<void>,
): Promise<void> {
  const members = await store.snapshots.ofGroupSnapshot(id);
  const groupId = (await store.groupSnapshots.get(id))?.groupId;
  const keys = [groupLock(id), ...(groupId === undefined ? [] : [groupLock(groupId)])];
  await locks.runAll([...keys, ...members.map((member) => snapshotLock(member.id))], async () => {
    const record = await store.groupSnapshots.get(id);
    const group = record === null ? null : await store.groups.get(record.groupId);
    if (record === null || group === null || record.status !== status) {
      await store.journal.remove(entryId);
      return;
    }
    await work(record, group, await store.snapshots.ofGroupSnapshot(id));
  });
}
