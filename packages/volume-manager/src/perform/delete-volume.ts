import type { SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from '../rows/backend-host.ts';
import { driverSnapshot, driverVolume } from '../rows/driver-views.ts';
import { giveBackSnapshotQuota, giveBackVolumeQuota } from '../rows/usage.ts';
import {
  driverFailure,
  driverOf,
  finish,
  type PerformDependencies,
  snapshotLock,
  volumeLock,
} from './dependencies.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

export async function deleteVolume(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'delete_volume'>,
): Promise<void> {
  const { store, locks } = dependencies;
  const snapshots = intent.cascade ? await store.snapshots.ofVolume(intent.volumeId) : [];
  const keys = [volumeLock(intent.volumeId), ...snapshots.map(({ id }) => snapshotLock(id))];
  await locks.runAll(keys, () => remove(dependencies, entryId, intent.volumeId, snapshots));
}

async function remove(
  dependencies: PerformDependencies,
  entryId: string,
  volumeId: string,
  snapshots: readonly SnapshotRecord[],
): Promise<void> {
  const { store, logger } = dependencies;
  const volume = await store.volumes.get(volumeId);
  if (volume === null || volume.status !== 'deleting') {
    await store.journal.remove(entryId);
    return;
  }
  try {
    for (const snapshot of snapshots) {
      await removeSnapshot(dependencies, volume, snapshot);
    }
    // A volume that never got a name was never tried on any array, so it can go without one.
    if (volume.providerId !== null) {
      const driver = driverOf(dependencies, volume);
      await driver.removeExport(await driverVolume(store, volume));
      await withRetries(dependencies, async () => driver.deleteVolume(await driverVolume(store, volume)));
    }
  } catch (error) {
    const failure = driverFailure(error);
    logger.error({ volume: volumeId, error: failure }, 'could not delete the volume');
    const status = failure.code === 'volume-busy' ? 'available' : 'error_deleting';
    await finish(dependencies, entryId, async (records) => {
      await records.volumes.updateWhere(volumeId, { status: ['deleting'] }, { status });
      await records.workers.clear('Volume', volumeId);
    });
    return;
  }
  await finish(dependencies, entryId, async (records) => {
    await giveBackVolumeQuota(records, volume);
    await records.volumes.delete(volumeId);
    await records.workers.clear('Volume', volumeId);
  });
  logger.info({ volume: volumeId, name: volume.providerId }, 'volume deleted');
  if (volume.host !== null) {
    dependencies.refreshSoon(backendHostOf(volume.host));
  }
}

/** With the volume: its snapshots go one by one, each with its own result. */
async function removeSnapshot(
  dependencies: PerformDependencies,
  volume: VolumeRecord,
  snapshot: SnapshotRecord,
): Promise<void> {
  const { store } = dependencies;
  const driver = driverOf(dependencies, volume);
  await withRetries(dependencies, async () =>
    driver.deleteSnapshot(await driverSnapshot(store, snapshot, volume)),
  );
  await store.transaction(async (records) => {
    await giveBackSnapshotQuota(records, snapshot);
    await records.snapshots.delete(snapshot.id);
  });
}
