import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { brokenOffMove, statusBeforeRemoval } from '../../rows/broken-off-move.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { giveBackVolumeQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { disconnectedFrom } from '../connections/make-up-disconnect.ts';
import { deferOthers } from '../originals/remove-original.ts';

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
          copies: (await records.volumes.copiesOf([volumeId])).get(volumeId) ?? [],
        };
  },
  withoutArray: ({ given }) => (given.providerId === null ? { made: undefined } : null),
  perform: (driver, { given, move }) => driver.manage.unmanage(given, move),
  interrupted: 'again',
  done: ({ volume, copies }) => ({
    write: async (records) => {
      if ((await records.volumes.summary(volume.id)) !== null) {
        await deferOthers(records, volume, copies, 'unmanage');
        await giveBackVolumeQuota(records, volume);
        await records.volumes.delete(volume.id);
      }
    },
    reservation: null,
    message: null,
    next: disconnectedFrom(copies, volume),
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
