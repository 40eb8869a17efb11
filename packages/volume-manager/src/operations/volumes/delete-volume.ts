import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { brokenOffMove, statusBeforeRemoval } from '../../rows/broken-off-move.ts';
import { driverSnapshot, driverVolume, readOnce } from '../../rows/driver-views.ts';
import { withOwnWork } from '../../rows/own-work.ts';
import { giveBackSnapshotQuota, giveBackVolumeQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { disconnectedFrom } from '../connections/make-up-disconnect.ts';
import { releasedLater } from '../connections/release-host.ts';
import { deferOthers } from '../originals/remove-original.ts';

/** Deletes a volume; with `cascade` its snapshots first, each with its own result. */
export const deleteVolume = operation('delete_volume', {
  details: z.object({ volumeId: z.string(), cascade: z.boolean() }),
  resourceId: ({ volumeId }) => volumeId,
  claim: ({ volumeId }) => ({ kind: 'volume', id: volumeId, status: ['deleting'] }),
  touches: async (records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
    ...(await records.snapshots.ofVolume(volumeId)).map(({ id }) => exclusive('snapshot', id)),
  ],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, cascade }) => {
    const volume = await records.volumes.get(volumeId);
    if (volume === null) {
      return null;
    }
    const rows = cascade ? await records.snapshots.ofVolume(volumeId) : [];
    const lookups = readOnce(records);
    const snapshots = await Promise.all(
      rows.map(async (row) => ({ row, given: await driverSnapshot(lookups, row, volume) })),
    );
    return {
      volume,
      given: await driverVolume(lookups, volume),
      move: await brokenOffMove(records, volume),
      copies: (await records.volumes.copiesOf([volumeId])).get(volumeId) ?? [],
      snapshots,
    };
  },
  // A volume that never got a name was never tried on any array.
  withoutArray: ({ volume, snapshots }) =>
    volume.providerId === null && snapshots.length === 0 ? { made: undefined } : null,
  perform: async (driver, { volume, given, move, snapshots }, call) => {
    for (const snapshot of snapshots) {
      await driver.snapshots.delete(snapshot.given);
      await call.note(async (records) => {
        // Read again: what was noted before a crash is not given back twice.
        if ((await records.snapshots.summary(snapshot.row.id)) !== null) {
          await giveBackSnapshotQuota(records, snapshot.row);
          await records.snapshots.delete(snapshot.row.id);
        }
      });
    }
    if (volume.providerId !== null) {
      await driver.volumes.delete(given, { move, ending: releasedLater(volume, call) });
    }
  },
  interrupted: 'again',
  done: ({ volume, copies }) => ({
    write: async (records) => {
      if ((await records.volumes.summary(volume.id)) !== null) {
        await deferOthers(records, volume, copies, 'delete');
        await giveBackVolumeQuota(records, volume);
        await records.volumes.delete(volume.id);
      }
      await records.workers.clear('Volume', volume.id);
    },
    reservation: null,
    message: null,
    next: disconnectedFrom(copies, volume),
    refresh: true,
    answer: undefined,
  }),
  failed: ({ volume }, failure) => ({
    write: async (records) => {
      // Somebody uses it in a way that must not be ended here: it stays as it was.
      const isBusy = failure.code === 'volume-busy';
      await records.volumes.updateWhere(
        volume.id,
        { status: ['deleting'] },
        {
          status: isBusy ? 'available' : 'error_deleting',
          previousStatus: statusBeforeRemoval(volume),
        },
      );
      for (const snapshot of await records.snapshots.ofVolume(volume.id)) {
        await records.snapshots.updateWhere(
          snapshot.id,
          { status: ['deleting'] },
          { status: isBusy ? 'available' : 'error_deleting' },
        );
      }
      await records.workers.clear('Volume', volume.id);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: ({ volumeId, cascade }) => ({
    ...nothingTaken(),
    write: async (records) => {
      const others = await withOwnWork(records, 'delete_snapshot');
      const snapshots = cascade ? await records.snapshots.ofVolume(volumeId) : [];
      for (const { id } of snapshots.filter((snapshot) => !others.has(snapshot.id))) {
        await records.snapshots.updateWhere(id, { status: ['deleting'] }, { status: 'error' });
      }
    },
  }),
  kind: 'cast',
  backend: 'shared',
});
