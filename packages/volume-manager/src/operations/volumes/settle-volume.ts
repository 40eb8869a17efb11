import { DriverError } from '@cinder-flasharray/driver';
import { z } from 'zod';
import { driverVolume } from '../../rows/driver-views.ts';
import { recordMove } from '../../rows/volume-names.ts';
import { operation } from '../../run/definition.ts';
import { exclusive } from '../../run/resource.ts';

/**
 * Ends a move, or a creation, that was given up half way because a failover or somebody took its status away: the volume
 * goes where its type wants it, out of its ghost pod, and its record says where that is. Its status stays as it is.
 */
export const settleVolume = operation('settle_volume', {
  details: z.object({ volumeId: z.string() }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
    ...(await records.snapshots.ofVolume(volumeId)).map(({ id }) => exclusive('snapshot', id)),
  ],
  host: async (records, { volumeId }) => (await records.volumes.get(volumeId))?.host ?? null,
  load: async (records, { volumeId }) => {
    const volume = await records.volumes.get(volumeId);
    return volume === null ? null : { volume, given: await driverVolume(records, volume) };
  },
  // A volume that never got a name was never moved.
  withoutArray: ({ volume }) => (volume.providerId === null ? { made: null } : null),
  perform: async (driver, { given }) => {
    try {
      return (await driver.volumes.settle(given)).providerId;
    } catch (error) {
      // It is on the other array, or never got a name of ours: nothing is left to be done here.
      if (error instanceof DriverError && error.code === 'volume-missing') {
        return null;
      }
      throw error;
    }
  },
  interrupted: 'again',
  done: ({ volume }, name) => ({
    write: async (records) => {
      if (name !== null && (await records.volumes.get(volume.id)) !== null) {
        await recordMove(records, volume, name);
      }
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ volume }, failure) => ({
    write: async (records) => {
      if (failure.volumeName !== null) {
        await recordMove(records, volume, failure.volumeName);
      }
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => ({ reservation: null, error: null }),
  kind: 'cast',
  backend: 'shared',
  insists: 'within-patience',
});
