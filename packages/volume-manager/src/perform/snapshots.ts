import type { SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import { driverSnapshot } from '../rows/driver-views.ts';
import { giveBackSnapshotQuota } from '../rows/usage.ts';
import { leaveMessage, messageActions, messageDetails } from '../rows/user-messages.ts';
import { driverFailure, driverOf, finish, type PerformDependencies, snapshotLock } from './dependencies.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

export async function createSnapshot(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'create_snapshot'>,
): Promise<void> {
  await withSnapshot(dependencies, entryId, intent.snapshotId, 'creating', async (snapshot, volume) => {
    const { store, logger } = dependencies;
    try {
      const driver = driverOf(dependencies, volume);
      const providerId =
        snapshot.providerId ?? driver.intendedSnapshotName(await driverSnapshot(store, snapshot, volume));
      await store.snapshots.update(snapshot.id, { providerId });
      const update = await withRetries(dependencies, async () =>
        driver.createSnapshot(await driverSnapshot(store, { ...snapshot, providerId }, volume)),
      );
      await finish(dependencies, entryId, async (records) => {
        await records.snapshots.update(snapshot.id, { providerId: update.providerId, progress: '100%' });
        await records.snapshots.updateWhere(snapshot.id, { status: ['creating'] }, { status: 'available' });
        await records.snapshots.setMetadata(snapshot.id, update.metadata, 'merge');
        await records.workers.clear('Snapshot', snapshot.id);
      });
      logger.info({ snapshot: snapshot.id, name: update.providerId }, 'snapshot created');
    } catch (error) {
      const failure = driverFailure(error);
      logger.error({ snapshot: snapshot.id, error: failure }, 'could not create the snapshot');
      await finish(dependencies, entryId, async (records) => {
        await records.snapshots.updateWhere(snapshot.id, { status: ['creating'] }, { status: 'error' });
        if (failure.nothingMade) {
          await records.snapshots.update(snapshot.id, { providerId: null });
        }
        await records.workers.clear('Snapshot', snapshot.id);
        await leaveMessage(
          records,
          {
            resourceType: 'VOLUME_SNAPSHOT',
            resource: snapshot,
            action: messageActions.snapshotCreate,
            detail: messageDetails.snapshotCreateError,
            requestId: null,
          },
          { now: dependencies.clock.now(), randomUuid: dependencies.randomUuid },
        );
      });
    }
  });
}

export async function deleteSnapshot(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'delete_snapshot'>,
): Promise<void> {
  await withSnapshot(dependencies, entryId, intent.snapshotId, 'deleting', async (snapshot, volume) => {
    const { store, logger } = dependencies;
    try {
      const driver = driverOf(dependencies, volume);
      await withRetries(dependencies, async () =>
        driver.deleteSnapshot(await driverSnapshot(store, snapshot, volume)),
      );
    } catch (error) {
      const failure = driverFailure(error);
      logger.error({ snapshot: snapshot.id, error: failure }, 'could not delete the snapshot');
      const busy = failure.code === 'volume-busy';
      await finish(dependencies, entryId, async (records) => {
        await records.snapshots.updateWhere(
          snapshot.id,
          { status: ['deleting'] },
          { status: busy ? 'available' : 'error_deleting' },
        );
        await leaveMessage(
          records,
          {
            resourceType: 'VOLUME_SNAPSHOT',
            resource: snapshot,
            action: messageActions.snapshotDelete,
            detail: busy ? messageDetails.snapshotBusy : messageDetails.snapshotDeleteError,
            requestId: null,
          },
          { now: dependencies.clock.now(), randomUuid: dependencies.randomUuid },
        );
      });
      return;
    }
    await finish(dependencies, entryId, async (records) => {
      await giveBackSnapshotQuota(records, snapshot);
      await records.snapshots.delete(snapshot.id);
    });
    logger.info({ snapshot: snapshot.id, name: snapshot.providerId }, 'snapshot deleted');
  });
}

/** Work on a snapshot in the status its intent left it in; in any other the intent has nothing to do any more. */
async function withSnapshot(
  { store, locks }: PerformDependencies,
  entryId: string,
  snapshotId: string,
  status: SnapshotRecord['status'],
  work: (snapshot: SnapshotRecord, volume: VolumeRecord) => Promise<void>,
): Promise<void> {
  await locks.run(snapshotLock(snapshotId), async () => {
    const snapshot = await store.snapshots.get(snapshotId);
    const volume = snapshot === null ? null : await store.volumes.get(snapshot.volumeId);
    if (snapshot === null || volume === null || snapshot.status !== status) {
      await store.journal.remove(entryId);
      return;
    }
    await work(snapshot, volume);
  });
}
