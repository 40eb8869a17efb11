import { z } from 'zod';
import { BlockStorageError } from '../../errors.ts';
import { sharesHost } from '../../rows/connector-identity.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { recomputeVolumeStatus } from '../../rows/volume-status.ts';
import { operation } from '../../run/definition.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { voidMakeUpConnect } from './make-up-connect.ts';
import { disconnectWith, madeUpFor } from './make-up-disconnect.ts';
import { backendError } from './refusals.ts';
import { tagAttachment } from './tag-attachment.ts';

/** Ends an attachment, and its connection unless another attachment needs that. */
export const attachmentDelete = operation('attachment_delete', {
  details: z.object({ volumeId: z.string(), attachmentId: z.string() }),
  resourceId: ({ attachmentId }) => attachmentId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: async (records, { volumeId }) => (await records.volumes.hostAndStatus(volumeId))?.host ?? null,
  load: async (records, { volumeId, attachmentId }) => {
    const volume = await records.volumes.get(volumeId);
    const attachment = await records.attachments.get(attachmentId);
    if (volume === null || attachment === null) {
      return null;
    }
    const all = await records.attachments.ofVolume(volumeId);
    const { connector } = attachment;
    const ended = connector === null || sharesHost(all, connector, attachmentId) ? null : connector;
    return { volume, attachment, given: await driverVolume(records, volume), ended };
  },
  withoutArray: ({ ended }) => (ended === null ? { made: [] } : null),
  perform: (driver, { given, ended }) =>
    disconnectWith((missed) => driver.connections.disconnect(given, ended, missed)),
  interrupted: 'again',
  done: ({ volume, attachment, ended }, missed) => ({
    write: async (records) => {
      await records.attachments.delete(attachment.id);
      if (ended !== null) {
        await voidMakeUpConnect(records, volume.id, ended);
      }
      const left = await recomputeVolumeStatus(records, volume.id);
      if (left.length === 0 && attachment.connector !== null) {
        await records.volumes.setAdminMetadata(volume.id, 'attached_mode', null);
      }
    },
    reservation: null,
    message: null,
    next: [
      ...madeUpFor(volume, ended, missed),
      ...(attachment.connector !== null && volume.attachments.length <= 1
        ? [tagAttachment.of({ volumeId: volume.id, attachment: null })]
        : []),
    ],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ attachment }, failure) => ({
    write: async (records) => {
      await records.attachments.update(attachment.id, { attachStatus: 'error_detaching' });
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: new BlockStorageError(
      'backend-failure',
      backendError(`Terminate volume connection failed: ${failure.message}`),
      { cause: failure },
    ),
  }),
  abandoned: ({ attachmentId }) => ({
    reservation: null,
    error: new BlockStorageError(
      'attachment-not-found',
      `Volume attachment could not be found with filter: attachment_id = ${attachmentId}.`,
    ),
  }),
  kind: 'call',
  backend: 'shared',
});
