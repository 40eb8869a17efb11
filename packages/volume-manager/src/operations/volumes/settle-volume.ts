import { DriverError, type DriverVolumeType } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { isMoveMark, typesWithVolumeGroups } from '../../rows/broken-off-move.ts';
import { leftBehindOn } from '../../rows/current-array.ts';
import { driverVolume, driverVolumeType } from '../../rows/driver-views.ts';
import { recordMove } from '../../rows/volume-names.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { releasedLater } from '../connections/release-host.ts';
import { bringBack, leftOnCurrent, removalOf } from '../snapshots/left-behind.ts';

/**
 * Ends a move, or a creation, that was given up half way because a failover or somebody took its status away: the volume
 * goes where its type wants it, out of its ghost pod, and its record says where that is. Its status stays as it is.
 */
export const settleVolume = operation('settle_volume', {
  details: z.object({
    volumeId: z.string(),
    /** The type that it was to get, if it was a retype and that is known. */
    otherTypeId: z.string().optional(),
    /** What it was to be taken over by, as the request had it. */
    reference: z.record(z.string(), z.unknown()).optional(),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
    ...(await records.snapshots.ofVolume(volumeId)).map(({ id }) => exclusive('snapshot', id)),
  ],
  host: async (records, { volumeId }) => (await records.volumes.get(volumeId))?.host ?? null,
  load: async (records, { volumeId, otherTypeId, reference }) => {
    const volume = await records.volumes.get(volumeId);
    return volume === null
      ? null
      : {
          volume,
          isLeftBehind: (await leftBehindOn(records, volume)) !== null,
          // A failover that lost the volume on its way has left them with it.
          snapshots: volume.host === null ? [] : await leftOnCurrent(records, volumeId, volume.host),
          given: await driverVolume(records, volume),
          move: { otherTypes: await otherTypesOf(records, otherTypeId), reference: reference ?? null },
        };
  },
  withoutArray: ({ volume, isLeftBehind: isElsewhere }) => {
    // A volume that never got a name was never moved.
    if (volume.providerId === null) {
      return { made: { name: null, isEnded: true, isSettled: false } };
    }
    // What the current array has of it would be taken away from where it is.
    return isElsewhere ? { made: { name: null, isEnded: false, isSettled: false } } : null;
  },
  perform: async (driver, { volume, given, move }, call) => {
    try {
      if (volume.status === 'deleting') {
        // It goes from where it is.
        return { name: await driver.volumes.locate(given, move), isEnded: true, isSettled: false };
      }
      const { providerId: name } = await driver.volumes.settle(given, move, {
        ending: releasedLater(volume, call),
      });
      return { name, isEnded: true, isSettled: true };
    } catch (error) {
      // It is on the other array, or cannot have there what its type asks for: only the way back changes that.
      if (error instanceof DriverError && atFailback.some((code) => code === error.code)) {
        return { name: error.volumeName, isEnded: false, isSettled: false };
      }
      throw error;
    }
  },
  interrupted: 'again',
  done: ({ volume, snapshots }, { name, isEnded, isSettled }) => ({
    write: async (records) => {
      const current = await records.volumes.get(volume.id);
      if (name !== null && current !== null) {
        await recordMove(records, volume, name);
      }
      if (isSettled) {
        await bringBack(records, snapshots);
      }
      if (!isEnded) {
        await leaveToFailback(records, current);
      } else if (current !== null && isMoveMark(current.previousStatus)) {
        await records.volumes.update(volume.id, { previousStatus: null });
      }
    },
    reservation: null,
    message: null,
    next: isSettled ? snapshots.flatMap((snapshot) => removalOf(snapshot)?.work ?? []) : [],
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
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
  insists: 'within-patience',
});

/** Which type it was to get is forgotten when its work is given up: then it may be any of those that have volume groups. */
async function otherTypesOf(records: Records, id: string | undefined): Promise<readonly DriverVolumeType[]> {
  if (id === undefined) {
    return await typesWithVolumeGroups(records);
  }
  const type = await driverVolumeType(records, id);
  return type === null ? [] : [type];
}

const atFailback = ['volume-missing', 'invalid-volume-type'] as const;
const removals: readonly string[] = ['deleting', 'unmanaging'];

/**
 * It may be settled when the primary is the current array again: there it may be as well, or alone. One that was being
 * deleted or unmanaged is so there.
 */
async function leaveToFailback(records: Records, volume: VolumeRecord | null): Promise<void> {
  const isRemoved = removals.includes(volume?.previousStatus ?? '') && volume?.status === 'error';
  if (volume !== null && !isRemoved) {
    await records.volumes.update(volume.id, { previousStatus: 'retyping' });
  }
}
