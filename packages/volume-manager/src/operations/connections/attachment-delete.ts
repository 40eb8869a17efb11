import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { attachmentEnded, attachmentGone, attachmentNotEnded, loadAttachment } from './end-attachment.ts';
import { disconnect } from './make-up-disconnect.ts';

/** Ends an attachment, and its connection unless another attachment needs that. */
export const attachmentDelete = operation('attachment_delete', {
  details: z.object({ volumeId: z.string(), attachmentId: z.string() }),
  resourceId: ({ attachmentId }) => attachmentId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, attachmentId }) => {
    const volume = await records.volumes.get(volumeId);
    const attachment = volume?.attachments.find(({ id }) => id === attachmentId);
    return volume === null || attachment === undefined
      ? null
      : await loadAttachment(records, volume, attachment);
  },
  withoutArray: ({ volume, ended }) => (ended === null || volume.host === null ? { made: [] } : null),
  perform: (driver, loaded) => disconnect(driver, loaded, loaded.ended),
  interrupted: 'again',
  done: (loaded, missed) => attachmentEnded(loaded, missed),
  failed: (loaded, failure) => attachmentNotEnded(loaded, failure),
  abandoned: ({ attachmentId }) => nothingTaken(attachmentGone(attachmentId)),
  kind: 'call',
  backend: 'shared',
});
