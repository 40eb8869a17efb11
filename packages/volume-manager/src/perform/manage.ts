import type {
  ManageableRequest,
  ManageableSnapshot,
  ManageableVolume,
  VolumeDriver,
} from '@cinder-flasharray/driver';
import type { Records, SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import { driverSnapshot, driverVolume } from '../rows/driver-views.ts';
import { changeUsage, giveBackSnapshotQuota, giveBackVolumeQuota, volumeDeltas } from '../rows/usage.ts';
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

/**
 * The size is read and counted first, then the name to be is put on record, then the volume is renamed. Each step
 * leaves a trace, so that a restart goes on where this one ended.
 */
export async function manageExisting(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'manage_existing'>,
): Promise<void> {
  const { store, locks, logger, clock } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const accepted = await store.volumes.get(intent.volumeId);
    if (accepted === null || accepted.status !== 'managing') {
      await store.journal.remove(entryId);
      return;
    }
    try {
      const driver = driverOf(dependencies, accepted);
      const sized = await countSize(dependencies, driver, accepted, intent.reference);
      const providerId = sized.providerId ?? driver.intendedVolumeName(await driverVolume(store, sized));
      await store.volumes.update(sized.id, { providerId });
      const named = { ...sized, providerId };
      const update = await withRetries(dependencies, async () =>
        driver.manageExisting(await driverVolume(store, named), intent.reference),
      );
      await finish(dependencies, entryId, async (records) => {
        await records.volumes.update(named.id, {
          providerId: update.providerId,
          replicationStatus: update.replicationStatus,
          launchedAt: new Date(clock.now()),
        });
        await records.volumes.updateWhere(named.id, { status: ['managing'] }, { status: 'available' });
        await records.volumes.setMetadata(named.id, update.metadata, 'merge');
      });
      logger.info({ volume: named.id, name: update.providerId }, 'volume managed');
    } catch (error) {
      const failure = driverFailure(error);
      logger.error({ volume: accepted.id, error: failure }, 'could not manage the volume');
      await finish(dependencies, entryId, async (records) => {
        await records.volumes.updateWhere(
          accepted.id,
          { status: ['managing'] },
          { status: 'error_managing' },
        );
        if (failure.nothingMade) {
          await records.volumes.update(accepted.id, { providerId: null });
        }
      });
    }
  });
}

/** @returns the volume with its size, which counts against the project from now on */
async function countSize(
  dependencies: PerformDependencies,
  driver: VolumeDriver,
  volume: VolumeRecord,
  reference: Journaled<'manage_existing'>['intent']['reference'],
): Promise<VolumeRecord> {
  if (volume.size > 0) {
    return volume;
  }
  const { store } = dependencies;
  const size = await withRetries(dependencies, () => driver.manageExistingGetSize(reference));
  await store.transaction(async (records) => {
    const type = await records.volumeTypes.get(volume.volumeTypeId);
    await changeUsage(records, volume.projectId, volumeDeltas(type, { gigabytes: size }));
    await records.volumes.update(volume.id, { size });
  });
  return { ...volume, size };
}

/** Also the end of a volume that could not be managed: what the array has is never deleted. */
export async function unmanageVolume(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'unmanage_volume'>,
): Promise<void> {
  const { store, locks, logger } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    if (volume === null || (volume.status !== 'unmanaging' && volume.status !== 'error_managing_deleting')) {
      await store.journal.remove(entryId);
      return;
    }
    try {
      if (volume.providerId !== null) {
        const driver = driverOf(dependencies, volume);
        await withRetries(dependencies, async () => driver.unmanage(await driverVolume(store, volume)));
      }
    } catch (error) {
      logger.error({ volume: volume.id, error: driverFailure(error) }, 'could not unmanage the volume');
      await finish(dependencies, entryId, async (records) => {
        await records.volumes.update(volume.id, { status: 'error_unmanaging' });
      });
      return;
    }
    await finish(dependencies, entryId, async (records) => {
      await giveBackVolumeQuota(records, volume);
      await records.volumes.delete(volume.id);
    });
    logger.info({ volume: volume.id }, 'volume unmanaged');
  });
}

export async function manageExistingSnapshot(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'manage_existing_snapshot'>,
): Promise<void> {
  const { store, logger } = dependencies;
  await withSnapshot(dependencies, entryId, intent.snapshotId, ['creating'], async (snapshot, volume) => {
    try {
      const driver = driverOf(dependencies, volume);
      const target =
        snapshot.providerId ?? driver.intendedSnapshotName(await driverSnapshot(store, snapshot, volume));
      if (snapshot.providerId === null) {
        const size = await withRetries(dependencies, async () =>
          driver.manageExistingSnapshotGetSize(
            await driverSnapshot(store, snapshot, volume),
            intent.reference,
          ),
        );
        await store.transaction((records) => resize(records, snapshot, size, target));
      }
      const named = { ...snapshot, providerId: target };
      const update = await withRetries(dependencies, async () =>
        driver.manageExistingSnapshot(await driverSnapshot(store, named, volume), intent.reference),
      );
      await finish(dependencies, entryId, async (records) => {
        await records.snapshots.update(snapshot.id, { providerId: update.providerId, progress: '100%' });
        await records.snapshots.updateWhere(snapshot.id, { status: ['creating'] }, { status: 'available' });
        await records.snapshots.setMetadata(snapshot.id, update.metadata, 'merge');
      });
      logger.info({ snapshot: snapshot.id, name: update.providerId }, 'snapshot managed');
    } catch (error) {
      const failure = driverFailure(error);
      logger.error({ snapshot: snapshot.id, error: failure }, 'could not manage the snapshot');
      await finish(dependencies, entryId, async (records) => {
        await records.snapshots.update(snapshot.id, {
          status: 'error_managing',
          ...(failure.nothingMade ? { providerId: null } : {}),
        });
      });
    }
  });
}

/** Also the end of a snapshot that could not be managed. */
export async function unmanageSnapshot(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'unmanage_snapshot'>,
): Promise<void> {
  const { store, logger } = dependencies;
  await withSnapshot(dependencies, entryId, intent.snapshotId, ['unmanaging'], async (snapshot, volume) => {
    try {
      if (snapshot.providerId !== null) {
        const driver = driverOf(dependencies, volume);
        await withRetries(dependencies, async () =>
          driver.unmanageSnapshot(await driverSnapshot(store, snapshot, volume)),
        );
      }
    } catch (error) {
      logger.error({ snapshot: snapshot.id, error: driverFailure(error) }, 'could not unmanage the snapshot');
      await finish(dependencies, entryId, async (records) => {
        await records.snapshots.update(snapshot.id, { status: 'error' });
      });
      return;
    }
    await finish(dependencies, entryId, async (records) => {
      await giveBackSnapshotQuota(records, snapshot);
      await records.snapshots.delete(snapshot.id);
    });
    logger.info({ snapshot: snapshot.id }, 'snapshot unmanaged');
  });
}

/** The request counted the volume's size; the array's snapshot may have another. */
async function resize(
  records: Records,
  snapshot: SnapshotRecord,
  size: number,
  providerId: string,
): Promise<void> {
  const growth = size - snapshot.volumeSize;
  if (growth !== 0) {
    const type = await records.volumeTypes.get(snapshot.volumeTypeId);
    await changeUsage(records, snapshot.projectId, volumeDeltas(type, { gigabytes: growth }));
  }
  await records.snapshots.update(snapshot.id, { volumeSize: size, providerId });
}

async function withSnapshot(
  { store, locks }: PerformDependencies,
  entryId: string,
  snapshotId: string,
  statuses: readonly SnapshotRecord['status'][],
  work: (snapshot: SnapshotRecord, volume: VolumeRecord) => Promise<void>,
): Promise<void> {
  await locks.run(snapshotLock(snapshotId), async () => {
    const snapshot = await store.snapshots.get(snapshotId);
    const volume = snapshot === null ? null : await store.volumes.get(snapshot.volumeId);
    if (snapshot === null || volume === null || !statuses.includes(snapshot.status)) {
      await store.journal.remove(entryId);
      return;
    }
    await work(snapshot, volume);
  });
}

/** What the array has, with the ids of what is managed already: by any back end, since two may share an array. */
export async function getManageableVolumes(
  dependencies: PerformDependencies,
  backendHost: string,
  request: Omit<ManageableRequest, 'managed'>,
): Promise<readonly ManageableVolume[]> {
  const { store, backends } = dependencies;
  const managed = new Map<string, string>();
  for (const host of backends.keys()) {
    for await (const page of store.volumes.ofBackend(host)) {
      rememberNames(managed, page);
    }
  }
  return await listing(dependencies, backendHost, (driver) =>
    driver.getManageableVolumes({ ...request, managed }),
  );
}

export async function getManageableSnapshots(
  dependencies: PerformDependencies,
  backendHost: string,
  request: Omit<ManageableRequest, 'managed'>,
): Promise<readonly ManageableSnapshot[]> {
  const { store, backends } = dependencies;
  const managed = new Map<string, string>();
  for (const host of backends.keys()) {
    for await (const page of store.snapshots.ofBackend(host)) {
      rememberNames(managed, page);
    }
  }
  return await listing(dependencies, backendHost, (driver) =>
    driver.getManageableSnapshots({ ...request, managed }),
  );
}

function rememberNames(
  managed: Map<string, string>,
  rows: readonly { readonly id: string; readonly providerId: string | null }[],
): void {
  for (const { id, providerId } of rows) {
    if (providerId !== null) {
      managed.set(providerId.toLowerCase(), id);
    }
  }
}

async function listing<Entry>(
  { backends }: PerformDependencies,
  backendHost: string,
  list: (driver: VolumeDriver) => Promise<readonly Entry[]>,
): Promise<readonly Entry[]> {
  const backend = backends.get(backendHost);
  if (backend === undefined) {
    throw new BlockStorageError('service-not-found', `Service ${backendHost} could not be found.`);
  }
  try {
    return await list(backend.readyDriver());
  } catch (error) {
    const failure = driverFailure(error);
    switch (failure.code) {
      case 'invalid-marker':
        throw new BlockStorageError('invalid-input', `Invalid input received: ${failure.message}`, {
          cause: failure,
        });
      case 'not-initialized':
        throw new BlockStorageError('backend-unavailable', failure.message, { cause: failure });
      default:
        throw new BlockStorageError('backend-failure', failure.message, { cause: failure });
    }
  }
}
