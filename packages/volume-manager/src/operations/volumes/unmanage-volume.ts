import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { brokenOffMove, statusBeforeRemoval } from '../../rows/broken-off-move.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { giveBackVolumeQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { disconnectedFromCopies } from '../connections/make-up-disconnect.ts';
import { deferOriginal } from '../originals/remove-original.ts';

/** Forgets a volume, and leaves it on the array under another name. Also the end of one that could not be taken over. */
export const unmanageVolume = operation('unmanage_volume', {
  details: z.object({ volumeId: z.string() }),
  resourceId: ({ volumeId }) => volumeId,
  claim: ({ volumeId }) => ({
    kind: 'volume',
    id: volumeId,
    status: ['unmanaging', 'error_managing_deleting'],
  }),
  touches: async (_records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
  ],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId }) => {
    const volume = await records.volumes.get(volumeId);
    return volume === null
      ? null
      : {
          volume,
          given: await driverVolume(records, volume),
          move: await brokenOffMove(records, volume),
        };
  },
  withoutArray: ({ given }) => (given.providerId === null ? { made: [] } : null),
  perform: async (driver, { given, move }) => {
    await driver.manage.unmanage(given, move);
    return driver.arrays;
  },
  interrupted: 'again',
  done: ({ volume }, arrays) => ({
    write: async (records) => {
      if ((await records.volumes.summary(volume.id)) !== null) {
        await deferOriginal(records, volume, 'unmanage');
        await giveBackVolumeQuota(records, volume);
        await records.volumes.delete(volume.id);
      }
    },
    reservation: null,
    message: null,
    next: disconnectedFromCopies(volume, arrays),
    refresh: false,
    answer: undefined,
  }),
  failed: ({ volume }, failure) => ({
    write: async (records) => {
      await records.volumes.updateWhere(
        volume.id,
        { status: ['unmanaging', 'error_managing_deleting'] },
        { status: 'error_unmanaging', previousStatus: statusBeforeRemoval(volume) },
      );
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});
