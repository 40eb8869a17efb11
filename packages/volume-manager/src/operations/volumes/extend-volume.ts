import { gibibytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { statusByAttachments } from '../../rows/volume-status.ts';
import { operation } from '../../run/definition.ts';
import { exclusive } from '../../run/resource.ts';

/** Gives a volume a larger size, also while it is attached. */
export const extendVolume = operation('extend_volume', {
  details: z.object({
    volumeId: z.string(),
    /** GiB. */
    newSize: z.int().positive(),
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
  done: ({ volume }, _made, { newSize, reservation }) => ({
    write: async (records) => {
      await records.volumes.update(volume.id, { size: newSize });
      const status = statusByAttachments(await records.attachments.ofVolume(volume.id));
      await records.volumes.updateWhere(volume.id, { status: ['extending'] }, { status });
    },
    reservation: { ids: reservation, how: 'commit' },
    message: null,
    next: [],
    refresh: true,
    answer: undefined,
  }),
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
  abandoned: ({ reservation }) => ({ reservation: { ids: reservation, how: 'roll-back' }, error: null }),
  kind: 'cast',
  backend: 'shared',
});
