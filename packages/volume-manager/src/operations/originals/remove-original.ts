import { gibibytes } from '@cinder-flasharray/common';
import type { DriverVolume } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { backendHostOf } from '../../rows/backend-host.ts';
import { currentArrayOf } from '../../rows/current-array.ts';
import { driverVolumeType } from '../../rows/driver-views.ts';
import { operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';

const details = z.object({
  /** `node1@puredriver-1`. */
  host: z.string(),
  /** The array that has it: `backend_id`, or `default`. */
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
});

/**
 * A volume was deleted or unmanaged while its back end worked on a copy of it: when its array is current again, the
 * same is done to what the copy was made of. Its row is gone.
 */
export const removeOriginal = operation('remove_original', {
  details,
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
  ],
  host: async (_records, { host }) => host,
  load: async (records, about) => {
    const { host, backendId, volumeId, nameId, providerId, size, projectId, volumeTypeId, how } = about;
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
    return { given, how, isHere: (await currentArrayOf(records, host)) === backendId };
  },
  perform: async (driver, { given, isHere, how }) => {
    if (!isHere) {
      return;
    }
    await (how === 'delete' ? driver.volumes.delete(given) : driver.manage.unmanage(given));
  },
  interrupted: 'again',
  done: ({ isHere }, _made, about) => ({
    ...doneWithoutRows(),
    write: async (records) => {
      // It has failed over once more before this was done.
      if (!isHere) {
        await records.journal.defer(deferred(about));
      }
    },
    refresh: true,
  }),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
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
  const { backendId, name: providerId, volumeTypeId } = original;
  await records.volumes.setOriginal(id, null);
  await records.journal.defer(
    deferred({
      host: backendHostOf(host),
      backendId,
      volumeId: id,
      nameId: nameId ?? id,
      providerId,
      size,
      projectId,
      volumeTypeId,
      how,
    }),
  );
}

function deferred(about: z.infer<typeof details>) {
  const { host, backendId } = about;
  return { host, backendId, operation: 'remove_original', details: about };
}
