import { DriverError } from '@cinder-flasharray/driver';
import { z } from 'zod';
import { OperationError } from '../../errors.ts';
import { volumeHost } from '../../rows/backend-host.ts';
import { ambiguousDetach, attachmentToDetach } from '../../rows/older-attach.ts';
import { recomputeVolumeStatus } from '../../rows/volume-status.ts';
import { operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import {
  attachmentEnded,
  attachmentGone,
  attachmentNotEnded,
  type EndedAttachment,
  loadAttachment,
} from './end-attachment.ts';
import { disconnect } from './make-up-disconnect.ts';

/** What the older way to detach means: one attachment, or nothing that is left of one. */
type Meant =
  | ({ readonly kind: 'attachment' } & EndedAttachment)
  | { readonly kind: 'none'; readonly volumeId: string }
  | { readonly kind: 'ambiguous' };

/**
 * The older way to detach: ends the attachment that is named, or the only one. The caller has ended the connection
 * before; one that an attachment has of its own ends with it. That there is none is fine.
 */
export const detachVolume = operation('detach_volume', {
  details: z.object({ volumeId: z.string(), attachmentId: z.string().nullable() }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, attachmentId }): Promise<Meant | null> => {
    const volume = await records.volumes.get(volumeId);
    if (volume === null) {
      return null;
    }
    const meant = attachmentToDetach(volume, attachmentId);
    switch (meant) {
      case 'gone':
        return null;
      case 'none':
        return { kind: 'none', volumeId };
      case 'ambiguous':
        return { kind: 'ambiguous' };
      default:
        return { kind: 'attachment', ...(await loadAttachment(records, volume, meant)) };
    }
  },
  withoutArray: (meant) =>
    meant.kind === 'none' ||
    (meant.kind === 'attachment' && (meant.ended === null || meant.volume.host === null))
      ? { made: [] }
      : null,
  perform: async (driver, meant) => {
    if (meant.kind !== 'attachment') {
      throw new DriverError('driver', ambiguousDetach, { nothingMade: true });
    }
    return await disconnect(driver, meant, meant.ended);
  },
  interrupted: 'again',
  done: (meant, missed) =>
    meant.kind === 'attachment'
      ? attachmentEnded(meant, missed)
      : {
          ...doneWithoutRows(),
          write: async (records) => {
            if (meant.kind === 'none') {
              await recomputeVolumeStatus(records, meant.volumeId);
            }
          },
        },
  failed: (meant, failure) =>
    meant.kind === 'attachment'
      ? attachmentNotEnded(meant, failure)
      : failedWithoutRows(new OperationError('invalid-state', failure.message)),
  abandoned: ({ volumeId, attachmentId }) =>
    nothingTaken(
      attachmentId === null
        ? new OperationError('volume-gone', `Volume ${volumeId} is gone.`)
        : attachmentGone(attachmentId),
    ),
  kind: 'call',
  backend: 'shared',
});
