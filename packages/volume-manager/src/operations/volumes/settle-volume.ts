import { DriverError } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { driverTypeOf, driverVolume } from '../../rows/driver-views.ts';
import { recordMove } from '../../rows/volume-names.ts';
import { operation } from '../../run/definition.ts';
import { exclusive } from '../../run/resource.ts';

/**
 * Ends a move, or a creation, that was given up half way because a failover or somebody took its status away: the volume
 * goes where its type wants it, out of its ghost pod, and its record says where that is. Its status stays as it is.
 */
export const settleVolume = operation('settle_volume', {
  details: z.object({
    volumeId: z.string(),
    /** The type that it was to get. */
    otherTypeId: z.string().optional(),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
    ...(await records.snapshots.ofVolume(volumeId)).map(({ id }) => exclusive('snapshot', id)),
  ],
  host: async (records, { volumeId }) => (await records.volumes.get(volumeId))?.host ?? null,
  load: async (records, { volumeId, otherTypeId }) => {
    const volume = await records.volumes.get(volumeId);
    const other = otherTypeId === undefined ? null : await records.volumeTypes.get(otherTypeId);
    return volume === null
      ? null
      : {
          volume,
          given: await driverVolume(records, volume),
          other: other === null ? null : await driverTypeOf(records, other),
        };
  },
  // A volume that never got a name was never moved.
  withoutArray: ({ volume }) => (volume.providerId === null ? { made: null } : null),
  perform: async (driver, { volume, given, other }) => {
    try {
      // One that is being deleted goes from where it is.
      return volume.status === 'deleting'
        ? await driver.volumes.locate(given, other)
        : (await driver.volumes.settle(given, other)).providerId;
    } catch (error) {
      // It is on the other array, or never got a name of ours: nothing can be done here.
      if (error instanceof DriverError && error.code === 'volume-missing') {
        return null;
      }
      throw error;
    }
  },
  interrupted: 'again',
  done: ({ volume }, name) => ({
    write: async (records) => {
      const current = await records.volumes.get(volume.id);
      if (name !== null && current !== null) {
        await recordMove(records, volume, name);
      } else {
        await leaveToFailback(records, current);
      }
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  moved: ({ volume }, { volumeName }) =>
    volumeName === null ? null : (records) => recordMove(records, volume, volumeName),
  failed: ({ volume }, failure) => ({
    write: async (records) => {
      if (failure.volumeName !== null) {
        await recordMove(records, volume, failure.volumeName);
      }
      await leaveToFailback(records, await records.volumes.get(volume.id));
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

const removals: readonly string[] = ['deleting', 'unmanaging'];

/**
 * It may be settled when the primary is the current array again: there it may be as well, or alone. One that was being
 * deleted or unmanaged is so there.
 */
async function leaveToFailback(records: Records, volume: VolumeRecord | null): Promise<void> {
  if (volume?.status.startsWith('error') === true && !removals.includes(volume.previousStatus ?? '')) {
    await records.volumes.update(volume.id, { previousStatus: 'retyping' });
  }
}
