import { gibibytes } from '@cinder-flasharray/common';
import type { DriverVolume } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { backendHostOf } from '../../rows/backend-host.ts';
import { anyMove } from '../../rows/broken-off-move.ts';
import { thePod } from '../../rows/current-array.ts';
import { driverVolumeType } from '../../rows/driver-views.ts';
import { isInPod } from '../../rows/volume-names.ts';
import { exclusive } from '../../run/resource.ts';
import { whenCurrent } from './when-current.ts';

/**
 * A volume was deleted or unmanaged while its back end worked on a copy of it: when its array is current again, the
 * same is done to what the copy was made of.
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
    /** What was done to its copy. */
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
 * Puts on record that the original goes when its array is current again, if the volume is the copy of one: also when it
 * has got a volume type since that is not replicated.
 */
export async function deferOriginal(
  records: Records,
  { id, nameId, size, projectId, host }: VolumeRecord,
  how: 'delete' | 'unmanage',
): Promise<void> {
  const original = await records.volumes.originalOf(id);
  if (host === null || original === null) {
    return;
  }
  const { name: providerId, volumeTypeId } = original;
  await records.volumes.setOriginal(id, null);
  await removeOriginal.defer(records, {
    host: backendHostOf(host),
    backendId: isInPod({ providerId }) ? thePod : original.backendId,
    volumeId: id,
    nameId: nameId ?? id,
    providerId,
    size,
    projectId,
    volumeTypeId,
    how,
  });
}
