import { gibibytes } from '@cinder-flasharray/common';
import type { DriverVolume } from '@cinder-flasharray/driver';
import type { Records, VolumeCopy, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { backendHostOf } from '../../rows/backend-host.ts';
import { anyMove } from '../../rows/broken-off-move.ts';
import { primaryArray, thePod } from '../../rows/current-array.ts';
import { driverVolumeType } from '../../rows/driver-views.ts';
import { isInPod } from '../../rows/volume-names.ts';
import { exclusive } from '../../run/resource.ts';
import { whenCurrent } from './when-current.ts';

/**
 * A volume was deleted or unmanaged while other arrays have it as well: what the copy was made of that its back end worked
 * on, or copies that it came back from. When their array is current again, the same is done to them.
 */
export const removeOriginal = whenCurrent('remove_original', {
  details: z.object({
    host: z.string(),
    backendId: z.string(),
    volumeId: z.string(),
    nameId: z.string(),
    providerId: z.string(),
    /** GiB. */
    size: z.number(),
    projectId: z.string(),
    volumeTypeId: z.string(),
    /** What was done to the volume. */
    how: z.enum(['delete', 'unmanage']),
  }),
  resourceId: ({ volumeId }) => volumeId,
  touches: async (_records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
  ],
  load: async (records, { volumeId, nameId, providerId, size, projectId, volumeTypeId, how }) => {
    const given: DriverVolume = {
      id: volumeId,
      nameId,
      providerId,
      size: gibibytes(size),
      projectId,
      metadata: {},
      bootable: false,
      type: await driverVolumeType(records, volumeTypeId),
      group: null,
    };
    // A move that was broken off may have left it under another name.
    return { given, how, move: await anyMove(records) };
  },
  perform: (driver, { given, how, move }) =>
    how === 'delete' ? driver.volumes.delete(given, { move }) : driver.manage.unmanage(given, move),
});

/**
 * Puts on record what goes when its array is current again: the original, if the volume is the copy of one, also when it
 * has got a volume type since that is not replicated; and copies of the volume.
 */
export async function deferOthers(
  records: Records,
  volume: VolumeRecord,
  copies: readonly VolumeCopy[],
  how: 'delete' | 'unmanage',
): Promise<void> {
  const original = await records.volumes.originalOf(volume.id);
  if (original !== null) {
    const { backendId, name: providerId, volumeTypeId } = original;
    // An earlier release recorded the primary for all arrays of the pod.
    const there = backendId === primaryArray && isInPod({ providerId }) ? thePod : backendId;
    await records.volumes.setOriginal(volume.id, null);
    await defer(records, { ...volume, providerId, volumeTypeId }, there, how);
  }
  for (const copy of copies) {
    await records.volumes.removeCopy(volume.id, copy);
    await defer(records, { ...volume, providerId: copy.name }, copy.backendId, how);
  }
}

async function defer(
  records: Records,
  { id: volumeId, nameId, providerId, size, projectId, host, volumeTypeId }: VolumeRecord,
  backendId: string,
  how: 'delete' | 'unmanage',
): Promise<void> {
  if (host !== null && providerId !== null) {
    await removeOriginal.defer(records, {
      host: backendHostOf(host),
      backendId,
      volumeId,
      nameId: nameId ?? volumeId,
      providerId,
      size,
      projectId,
      volumeTypeId,
      how,
    });
  }
}
