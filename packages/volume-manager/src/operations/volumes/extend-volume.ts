import { gibibytes } from '@cinder-flasharray/common';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { changeUsage, namedType, volumeDeltas } from '../../rows/usage.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { statusByAttachments } from '../../rows/volume-status.ts';
import { operation } from '../../run/definition.ts';
import { quotaTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';

/** Gives a volume a larger size, also while it is attached. */
export const extendVolume = operation('extend_volume', {
  details: z.object({
    volumeId: z.string(),
    /** GiB. */
    newSize: z.int().positive(),
    /** Type that the reservation was made for. Absent in entries of earlier releases. */
    volumeTypeId: z.string().optional(),
    reservation: z.array(z.string()).readonly(),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: ({ volumeId }) => ({ kind: 'volume', id: volumeId, status: ['extending'] }),
  touches: async (_records, { volumeId }) => [exclusive('volume', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, newSize }) => {
    const volume = await records.volumes.get(volumeId);
    return volume === null ? null : { volume, given: await driverVolume(records, volume), newSize };
  },
  perform: (driver, { given, newSize }) => driver.volumes.extend(given, gibibytes(newSize)),
  interrupted: 'again',
  done: ({ volume }, _made, { newSize, volumeTypeId, reservation }) => {
    // Somebody has set its status while a retype was under way: it counts against the other type now.
    const isOther = volumeTypeId !== undefined && volumeTypeId !== volume.volumeTypeId;
    return {
      write: async (records) => {
        if (isOther) {
          await chargeGrowth(records, volume, newSize);
        }
        await records.volumes.update(volume.id, { size: newSize });
        const status = statusByAttachments(await records.attachments.ofVolume(volume.id));
        await records.volumes.updateWhere(volume.id, { status: ['extending'] }, { status });
      },
      reservation: { ids: reservation, how: isOther ? 'roll-back' : 'commit' },
      message: null,
      next: [],
      refresh: true,
      answer: undefined,
    };
  },
  failed: ({ volume }, failure, { reservation }) => ({
    write: async (records) => {
      await records.volumes.updateWhere(volume.id, { status: ['extending'] }, { status: 'error_extending' });
    },
    reservation: { ids: reservation, how: 'roll-back' },
    message: {
      resourceType: 'VOLUME',
      resource: volume,
      action: messageActions.extend,
      detail: messageDetails.driverFailedExtend,
    },
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: ({ reservation }) => quotaTaken(reservation),
  kind: 'cast',
  backend: 'shared',
});

/** Once only: written again after a crash, the volume has its size already. */
async function chargeGrowth(records: Records, { id }: VolumeRecord, newSize: number): Promise<void> {
  const volume = await records.volumes.get(id);
  if (volume?.useQuota === true) {
    const type = await namedType(records, volume.volumeTypeId);
    await changeUsage(records, volume.projectId, volumeDeltas(type, { gigabytes: newSize - volume.size }));
  }
}
