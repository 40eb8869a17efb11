import type { AttachmentRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { sharesHost } from '../../rows/connector-identity.ts';
import { currentArrayOf } from '../../rows/current-array.ts';
import { recomputeVolumeStatus } from '../../rows/volume-status.ts';
import { operation } from '../../run/definition.ts';
import { failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { voidMakeUpConnect } from './make-up-connect.ts';
import { disconnect, disconnectedVolume, madeUpFor } from './make-up-disconnect.ts';
import { releasedOn } from './release-host.ts';

/**
 * Ends a connection that an attach may have made and nobody uses. One that an attachment relies on stays. It is tried
 * until it is done: a host must not keep a volume that nobody gave it.
 */
export const undoConnection = operation('undo_connection', {
  details: z.object({
    volumeId: z.string(),
    connector: z.record(z.string(), z.unknown()),
    /** The attachment that it was for, and what that becomes; null: none, or its row has been seen to. */
    attachment: z.object({ id: z.string(), status: z.enum(['reserved', 'error_attaching']) }).nullable(),
    /** When a call of the older way that was interrupted had been accepted (ISO 8601); null: it is no such call. */
    accepted: z.string().nullable().default(null),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, connector, attachment, accepted }) => {
    const volume = await records.volumes.get(volumeId);
    if (volume === null) {
      return null;
    }
    const { attachments } = volume;
    const own = attachments.find(({ id }) => id === attachment?.id) ?? null;
    const isNeeded = sharesHost(attachments, connector, null) || wasRepeated(attachments, accepted);
    const current = volume.host === null ? null : await currentArrayOf(records, volume.host);
    return { volume, own, connector, isNeeded, current, ...(await disconnectedVolume(records, volume)) };
  },
  // A volume that no back end ever had is connected nowhere.
  withoutArray: ({ volume, isNeeded }) => (isNeeded || volume.host === null ? { made: [] } : null),
  perform: (driver, loaded) => disconnect(driver, loaded, loaded.connector),
  interrupted: 'again',
  done: ({ volume, copies, own, isNeeded, current }, missed, { attachment, connector }) => ({
    write: async (records) => {
      if (!isNeeded) {
        await voidMakeUpConnect(records, volume.id, connector);
      }
      if (own !== null && attachment !== null && own.connector === null) {
        await records.attachments.updateWhere(
          own.id,
          { attachStatus: ['reserved', 'attaching'] },
          { attachStatus: attachment.status },
        );
        await recomputeVolumeStatus(records, volume.id);
      }
    },
    reservation: null,
    message: null,
    next: [
      ...(isNeeded ? [] : madeUpFor({ volume, copies }, connector, missed)),
      // What the attachment relies on may be on another array, and a host was made on this one for nothing.
      ...(isNeeded && current !== null ? releasedOn([current], volume, connector, true) : []),
    ],
    refresh: false,
    answer: undefined,
  }),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
  insists: 'always',
});

/**
 * A release of before entries had owners left the entry of a call that had failed, also when the next one succeeded:
 * `os-attach` came after it then, without telling the machine.
 */
function wasRepeated(attachments: readonly AttachmentRecord[], accepted: string | null): boolean {
  return (
    accepted !== null &&
    attachments.some(
      ({ connector, attachedHost, attachStatus, createdAt }) =>
        connector === null &&
        (attachedHost === null || attachedHost === '') &&
        (attachStatus === 'attached' || attachStatus === 'detaching') &&
        createdAt > new Date(accepted),
    )
  );
}
