import { gibibytes } from '@cinder-flasharray/common';
import { backendHostOf } from '../rows/backend-host.ts';
import { driverSnapshot, driverVolume } from '../rows/driver-views.ts';
import { leaveMessage, messageActions, messageDetails } from '../rows/user-messages.ts';
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

export async function extendVolume(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'extend_volume'>,
): Promise<void> {
  const { store, locks, logger } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    if (volume === null || volume.status !== 'extending') {
      await finish(dependencies, entryId, (records) => records.quotas.rollback(intent.reservation));
      return;
    }
    try {
      const driver = driverOf(dependencies, volume);
      await withRetries(dependencies, async () =>
        driver.extendVolume(await driverVolume(store, volume), gibibytes(intent.newSize)),
      );
    } catch (error) {
      const failure = driverFailure(error);
      logger.error(
        { volume: volume.id, newSize: intent.newSize, error: failure },
        'could not extend the volume',
      );
      await finish(dependencies, entryId, async (records) => {
        await records.volumes.updateWhere(
          volume.id,
          { status: ['extending'] },
          { status: 'error_extending' },
        );
        await records.quotas.rollback(intent.reservation);
        await leaveMessage(
          records,
          {
            resourceType: 'VOLUME',
            resource: volume,
            action: messageActions.extend,
            detail: messageDetails.driverFailedExtend,
            requestId: null,
          },
          { now: dependencies.clock.now(), randomUuid: dependencies.randomUuid },
        );
      });
      return;
    }
    await finish(dependencies, entryId, async (records) => {
      const attached = (await records.attachments.ofVolume(volume.id)).some(
        ({ attachStatus }) => attachStatus === 'attached',
      );
      await records.volumes.update(volume.id, { size: intent.newSize });
      await records.volumes.updateWhere(
        volume.id,
        { status: ['extending'] },
        { status: attached ? 'in-use' : 'available' },
      );
      await records.quotas.commit(intent.reservation);
    });
    logger.info({ volume: volume.id, size: intent.newSize }, 'volume extended');
    if (volume.host !== null) {
      dependencies.refreshSoon(backendHostOf(volume.host));
    }
  });
}

export async function revertToSnapshot(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'revert_to_snapshot'>,
): Promise<void> {
  const { store, locks, logger } = dependencies;
  await locks.runAll([volumeLock(intent.volumeId), snapshotLock(intent.snapshotId)], async () => {
    const volume = await store.volumes.get(intent.volumeId);
    const snapshot = await store.snapshots.get(intent.snapshotId);
    if (volume === null || snapshot === null || volume.status !== 'reverting') {
      await store.journal.remove(entryId);
      return;
    }
    let status: 'available' | 'error' = 'available';
    try {
      const driver = driverOf(dependencies, volume);
      await withRetries(dependencies, async () =>
        driver.revertToSnapshot(
          await driverVolume(store, volume),
          await driverSnapshot(store, snapshot, volume),
        ),
      );
      logger.info({ volume: volume.id, snapshot: snapshot.id }, 'volume reverted to snapshot');
    } catch (error) {
      status = 'error';
      logger.error(
        { volume: volume.id, snapshot: snapshot.id, error: driverFailure(error) },
        'could not revert the volume',
      );
    }
    await finish(dependencies, entryId, async (records) => {
      await records.volumes.updateWhere(volume.id, { status: ['reverting'] }, { status });
      await records.snapshots.updateWhere(snapshot.id, { status: ['restoring'] }, { status: 'available' });
    });
  });
}
