import { z } from 'zod';
import { failed } from '../../errors.ts';
import { volumeHost } from '../../rows/backend-host.ts';
import { attachmentConnectionInfo, managerData } from '../../rows/connection-info.ts';
import { isSameMachine } from '../../rows/connector-identity.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { recomputeVolumeStatus } from '../../rows/volume-status.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { attachmentGone } from './end-attachment.ts';
import { connectsToMakeUp, connectWith, voidMakeUpConnect } from './make-up-connect.ts';
import { endMissed, pendingDisconnects } from './make-up-disconnect.ts';
import { tagAttachment } from './tag-attachment.ts';
import { undoConnection } from './undo-connection.ts';

/** Connects a volume for an attachment. Both end `attaching`: the host's part is not done yet. */
export const attachmentUpdate = operation('attachment_update', {
  details: z.object({
    volumeId: z.string(),
    attachmentId: z.string(),
    connector: z.record(z.string(), z.unknown()),
    /** The attachment was created with the connector: when that fails it ends in `error_attaching`. */
    madeWithConnector: z.boolean(),
  }),
  resourceId: ({ attachmentId }) => attachmentId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, attachmentId, connector }) => {
    const volume = await records.volumes.get(volumeId);
    const attachment = volume?.attachments.find(({ id }) => id === attachmentId);
    if (volume === null || attachment === undefined) {
      return null;
    }
    const given = await driverVolume(records, volume);
    const missed = await pendingDisconnects(records, volume);
    return { volume, attachment, given, added: managerData(volume, given.type), connector, missed };
  },
  perform: async (driver, { given, connector, missed: earlier }, call) => ({
    ended: await endMissed(driver, earlier),
    ...(await connectWith((missed) => driver.connections.connect(given, connector, missed))),
    attachTime: new Date(call.now),
  }),
  interrupted: {
    undo: ({ volumeId, attachmentId, connector, madeWithConnector }) =>
      undoConnection.of({
        volumeId,
        connector,
        attachment: { id: attachmentId, status: madeWithConnector ? 'error_attaching' : 'reserved' },
        accepted: null,
      }),
  },
  done: ({ volume, attachment, added }, { info, ended, missed, attachTime }, { connector }) => {
    const earlier = attachment.connector;
    return {
      write: async (records) => {
        await records.attachments.update(attachment.id, {
          connector,
          connectionInfo: attachmentConnectionInfo(info, added, attachment.id),
          attachStatus: 'attaching',
          attachedHost: textOr(connector.host, ''),
          mountpoint: textOr(connector.mountpoint, 'na'),
          attachTime,
        });
        await recomputeVolumeStatus(records, volume.id);
        await voidMakeUpConnect(records, volume.id, connector);
        for (const id of ended) {
          await records.journal.remove(id);
        }
      },
      reservation: null,
      message: null,
      next: [
        ...connectsToMakeUp(volume, connector, missed, attachTime.getTime()),
        tagAttachment.of({
          volumeId: volume.id,
          attachment: { instanceUuid: attachment.instanceUuid },
        }),
        // It was for another machine before: that one is not to keep the volume.
        ...(earlier === null || isSameMachine(earlier, connector)
          ? []
          : [
              undoConnection.of({
                volumeId: volume.id,
                connector: earlier,
                attachment: null,
                accepted: null,
              }),
            ]),
      ],
      refresh: false,
      answer: undefined,
    };
  },
  failed: ({ volume, attachment }, failure, { connector, madeWithConnector }) => ({
    write: async (records) => {
      // An attachment that another machine has already stays as it is.
      if (attachment.connector === null) {
        await records.attachments.update(attachment.id, {
          attachStatus: madeWithConnector ? 'error_attaching' : 'reserved',
          connectionInfo: null,
          attachedHost: null,
          attachTime: null,
        });
        await recomputeVolumeStatus(records, volume.id);
      }
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: failure.nothingMade
      ? null
      : undoConnection.of({ volumeId: volume.id, connector, attachment: null, accepted: null }),
    error: failed(failure),
  }),
  abandoned: ({ attachmentId }) => nothingTaken(attachmentGone(attachmentId)),
  kind: 'call',
  backend: 'shared',
});

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
