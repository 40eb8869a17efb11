import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from '../rows/backend-host.ts';
import { driverVolume, driverVolumeType } from '../rows/driver-views.ts';
import { driverFailure, driverOf, finish, type PerformDependencies, volumeLock } from './dependencies.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

/** The volume ends in the status it had; a failure leaves it with its old type. */
export async function retype(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'retype'>,
): Promise<void> {
  const { store, locks, logger } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    const newType = await driverVolumeType(store, intent.newTypeId);
    if (volume === null || volume.status !== 'retyping' || newType === null) {
      await finish(dependencies, entryId, async (records) => {
        await records.quotas.rollback(intent.reservation);
        if (volume?.status === 'retyping') {
          await restoreStatus(records, volume);
        }
      });
      return;
    }
    try {
      const driver = driverOf(dependencies, volume);
      const update = await withRetries(dependencies, async () =>
        driver.retype(await driverVolume(store, volume), newType),
      );
      await finish(dependencies, entryId, async (records) => {
        await recordMove(records, volume, update.providerId);
        await records.volumes.update(volume.id, {
          volumeTypeId: intent.newTypeId,
          replicationStatus: update.replicationStatus,
        });
        await records.volumes.setMetadata(volume.id, update.metadata, 'merge');
        for (const snapshot of await records.snapshots.ofVolume(volume.id)) {
          await records.snapshots.update(snapshot.id, { volumeTypeId: intent.newTypeId });
        }
        await restoreStatus(records, volume);
        await records.quotas.commit(intent.reservation);
      });
      logger.info({ volume: volume.id, type: newType.name, name: update.providerId }, 'volume retyped');
    } catch (error) {
      const failure = driverFailure(error);
      logger.error({ volume: volume.id, type: newType.name, error: failure }, 'could not retype the volume');
      await finish(dependencies, entryId, async (records) => {
        if (failure.volumeName !== null) {
          await recordMove(records, volume, failure.volumeName);
        }
        await restoreStatus(records, volume);
        await records.quotas.rollback(intent.reservation);
      });
    }
    if (volume.host !== null) {
      dependencies.refreshSoon(backendHostOf(volume.host));
    }
  });
}

/** A volume that moves takes the names of its snapshots along (REST 2.x section 8.2). */
async function recordMove(records: Records, volume: VolumeRecord, newName: string): Promise<void> {
  const oldName = volume.providerId;
  await records.volumes.update(volume.id, { providerId: newName });
  if (oldName === null || oldName === newName) {
    return;
  }
  for (const { id, providerId } of await records.snapshots.ofVolume(volume.id)) {
    if (providerId?.startsWith(`${oldName}.`) === true) {
      const moved = `${newName}${providerId.slice(oldName.length)}`;
      await records.snapshots.update(id, { providerId: moved });
      await records.snapshots.setMetadata(id, { array_snapshot_name: moved }, 'merge');
    }
  }
}

async function restoreStatus(records: Records, volume: VolumeRecord): Promise<void> {
  await records.volumes.updateWhere(
    volume.id,
    { status: ['retyping'] },
    { status: volume.previousStatus ?? 'available' },
  );
}
