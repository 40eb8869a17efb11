import { DriverError } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { failed, OperationError } from '../../errors.ts';
import { volumeHost } from '../../rows/backend-host.ts';
import { attachableStatuses, notAttachable } from '../../rows/older-attach.ts';
import { operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';

const details = z.object({
  volumeId: z.string(),
  /** Of the attachment to be: written again after a crash, it is there already. */
  attachmentId: z.string(),
  instanceUuid: z.string().nullable(),
  hostName: z.string().nullable(),
  mountpoint: z.string(),
  mode: z.enum(['rw', 'ro']),
});

/** The older way to attach: records an attachment of a volume that has been connected already. No array is asked. */
export const attachVolume = operation('attach_volume', {
  details,
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, asked) => {
    const volume = await records.volumes.get(asked.volumeId);
    return volume === null ? null : { volume, asked };
  },
  perform: async (_driver, { volume, asked }, call) => {
    const refusal = await call.note((records) => attach(records, volume, asked, new Date(call.now)));
    if (refusal !== null) {
      throw new DriverError('driver', refusal, { nothingMade: true });
    }
  },
  interrupted: 'again',
  done: () => doneWithoutRows(),
  failed: (_loaded, failure) =>
    failedWithoutRows(
      failure.nothingMade ? new OperationError('invalid-state', failure.message) : failed(failure),
    ),
  abandoned: ({ volumeId }) => nothingTaken(new OperationError('volume-gone', `Volume ${volumeId} is gone.`)),
  kind: 'call',
  backend: 'none',
});

/** @returns why it cannot be; null: it is attached */
async function attach(
  records: Records,
  volume: VolumeRecord,
  { attachmentId, mode, ...asked }: z.infer<typeof details>,
  now: Date,
): Promise<string | null> {
  if (volume.attachments.some(({ id }) => id === attachmentId)) {
    return null;
  }
  const { id: volumeId } = volume;
  const status = attachableStatuses(volume);
  const change = { status: 'in-use', attachStatus: 'attached' } as const;
  if (!(await records.volumes.updateWhere(volumeId, { status }, change))) {
    return notAttachable(volume);
  }
  await records.attachments.insert({
    id: attachmentId,
    volumeId,
    attachedHost: asked.hostName,
    instanceUuid: asked.instanceUuid,
    mountpoint: asked.mountpoint,
    attachTime: now,
    detachTime: null,
    attachMode: mode,
    attachStatus: 'attached',
    connectionInfo: null,
    connector: null,
  });
  await records.volumes.setAdminMetadata(volumeId, 'attached_mode', mode);
  return null;
}
