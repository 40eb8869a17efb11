import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { chargeSize, QuotaExceeded } from '../../rows/usage.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { settleVolume } from './settle-volume.ts';

/**
 * Takes over a volume that the array has under another name. Its size is read and counted first, then the name to be is
 * put on record, then it is renamed: each step leaves a trace, so that another try goes on where this one ended.
 */
export const manageExisting = operation('manage_existing', {
  details: z.object({
    volumeId: z.string(),
    /** `{ "source-name": ... }` as the request had it. */
    reference: z.record(z.string(), z.unknown()),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: ({ volumeId }) => ({ kind: 'volume', id: volumeId, status: ['managing'] }),
  touches: async (_records, { volumeId }) => [exclusive('volume', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, reference }) => {
    const volume = await records.volumes.get(volumeId);
    return volume === null ? null : { volume, given: await driverVolume(records, volume), reference };
  },
  perform: async (driver, { volume, given, reference }, call) => {
    const size = volume.size > 0 ? given.size : await driver.manage.sizeOf(reference);
    if (volume.size === 0) {
      await call.note(async (records) => {
        await chargeSize(records, 'The volume', volume, { size, counted: 0 });
        await records.volumes.update(volume.id, { size });
      });
    }
    const sized = { ...given, size };
    const providerId = given.providerId ?? driver.names.intendedManaged(sized, reference);
    if (given.providerId === null) {
      await call.note((records) => records.volumes.update(volume.id, { providerId }));
    }
    const update = await driver.manage.manage({ ...sized, providerId }, reference);
    return { update, sharedTargets: driver.sharedTargets, launchedAt: new Date(call.now) };
  },
  interrupted: 'again',
  done: ({ volume }, { update, sharedTargets, launchedAt }) => ({
    write: async (records) => {
      const { providerId, replicationStatus } = update;
      await records.volumes.update(volume.id, { providerId, replicationStatus, sharedTargets, launchedAt });
      await records.volumes.updateWhere(volume.id, { status: ['managing'] }, { status: 'available' });
      await records.volumes.setMetadata(volume.id, update.metadata, 'merge');
    },
    reservation: null,
    message: null,
    next: [],
    refresh: true,
    answer: undefined,
  }),
  moved: ({ volume }, { volumeName }) =>
    volumeName === null
      ? null
      : async (records) => {
          await records.volumes.update(volume.id, { providerId: volumeName });
        },
  failed: ({ volume }, failure) => ({
    write: async (records) => {
      await records.volumes.updateWhere(volume.id, { status: ['managing'] }, { status: 'error_managing' });
      if (failure.nothingMade) {
        await records.volumes.update(volume.id, { providerId: null });
      } else if (failure.volumeName !== null) {
        await records.volumes.update(volume.id, { providerId: failure.volumeName });
      }
    },
    reservation: null,
    message:
      failure instanceof QuotaExceeded
        ? {
            resourceType: 'VOLUME',
            resource: volume,
            action: messageActions.createOnBackend,
            detail: messageDetails.quotaExceeded,
          }
        : null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  leftHalfWay: ({ volumeId, reference }) => settleVolume.of({ volumeId, reference }),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});
