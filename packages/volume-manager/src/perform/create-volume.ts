import type { VolumeDriver, VolumeUpdate } from '@cinder-flasharray/driver';
import type { VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from '../rows/backend-host.ts';
import { driverSnapshot, driverVolume } from '../rows/driver-views.ts';
import { leaveMessage, messageActions, messageDetails } from '../rows/user-messages.ts';
import {
  backendOf,
  driverFailure,
  finish,
  type PerformDependencies,
  snapshotLock,
  volumeLock,
} from './dependencies.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

/** The origin of the content must not vanish while it is being copied. */
export async function createVolume(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'create_volume'>,
): Promise<void> {
  const { store, locks } = dependencies;
  const accepted = await store.volumes.get(intent.volumeId);
  if (accepted === null) {
    await store.journal.remove(entryId);
    return;
  }
  const keys = [
    volumeLock(accepted.id),
    ...(accepted.snapshotId === null ? [] : [snapshotLock(accepted.snapshotId)]),
    ...(accepted.sourceVolid === null ? [] : [volumeLock(accepted.sourceVolid)]),
  ];
  await locks.runAll(keys, () => create(dependencies, entryId, intent.volumeId));
}

async function create(dependencies: PerformDependencies, entryId: string, volumeId: string): Promise<void> {
  const { store, logger } = dependencies;
  const volume = await store.volumes.get(volumeId);
  if (volume === null || volume.status !== 'creating') {
    await store.journal.remove(entryId);
    return;
  }
  try {
    const backend = backendOf(dependencies, volume);
    const driver = backend.readyDriver();
    const named = await recordName(dependencies, driver, volume);
    const update = await withRetries(dependencies, () => callDriver(dependencies, driver, named));
    await finish(dependencies, entryId, async (records) => {
      const stored = { providerId: update.providerId, replicationStatus: update.replicationStatus };
      await records.volumes.update(volumeId, {
        ...stored,
        serviceUuid: backend.service.uuid,
        sharedTargets: true,
        launchedAt: new Date(dependencies.clock.now()),
      });
      await records.volumes.updateWhere(volumeId, { status: ['creating'] }, { status: 'available' });
      await records.volumes.setMetadata(volumeId, update.metadata, 'merge');
      await records.workers.clear('Volume', volumeId);
    });
    logger.info({ volume: volumeId, name: update.providerId }, 'volume created');
    dependencies.refreshSoon(backend.host);
  } catch (error) {
    await fail(dependencies, entryId, volume, error);
  }
}

/** The full name is on record before the first call: whatever that call makes can be found again. */
async function recordName(
  { store }: PerformDependencies,
  driver: VolumeDriver,
  volume: VolumeRecord,
): Promise<VolumeRecord> {
  if (volume.providerId !== null) {
    return volume;
  }
  const providerId = driver.intendedVolumeName(await driverVolume(store, volume));
  await store.volumes.update(volume.id, { providerId });
  return { ...volume, providerId };
}

async function callDriver(
  { store }: PerformDependencies,
  driver: VolumeDriver,
  volume: VolumeRecord,
): Promise<VolumeUpdate> {
  if (volume.snapshotId !== null) {
    const snapshot = await store.snapshots.get(volume.snapshotId);
    const of = snapshot === null ? null : await store.volumes.get(snapshot.volumeId);
    if (snapshot === null || of === null) {
      throw new SourceGoneError(`Snapshot ${volume.snapshotId} is gone.`);
    }
    return await driver.createVolumeFromSnapshot(
      await driverVolume(store, volume),
      await driverSnapshot(store, snapshot, of),
    );
  }
  if (volume.sourceVolid !== null) {
    const source = await store.volumes.get(volume.sourceVolid);
    if (source === null) {
      throw new SourceGoneError(`Volume ${volume.sourceVolid} is gone.`);
    }
    return await driver.createClonedVolume(
      await driverVolume(store, volume),
      await driverVolume(store, source),
    );
  }
  return await driver.createVolume(await driverVolume(store, volume));
}

class SourceGoneError extends Error {
  override readonly name = 'SourceGoneError';
}

async function fail(
  dependencies: PerformDependencies,
  entryId: string,
  volume: VolumeRecord,
  error: unknown,
): Promise<void> {
  const failure = error instanceof SourceGoneError ? error : driverFailure(error);
  dependencies.logger.error({ volume: volume.id, error: failure }, 'could not create the volume');
  const nothingMade = !(failure instanceof SourceGoneError) && failure.nothingMade;
  await finish(dependencies, entryId, async (records) => {
    await records.volumes.updateWhere(volume.id, { status: ['creating'] }, { status: 'error' });
    if (nothingMade) {
      await records.volumes.update(volume.id, { providerId: null });
    }
    await records.workers.clear('Volume', volume.id);
    await leaveMessage(
      records,
      {
        resourceType: 'VOLUME',
        resource: volume,
        action: messageActions.createOnBackend,
        detail: messageDetails.driverFailedCreate,
        requestId: null,
      },
      { now: dependencies.clock.now(), randomUuid: dependencies.randomUuid },
    );
  });
  if (volume.host !== null) {
    dependencies.refreshSoon(backendHostOf(volume.host));
  }
}
