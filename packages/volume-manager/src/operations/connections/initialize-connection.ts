import { z } from 'zod';
import { failed, OperationError } from '../../errors.ts';
import { volumeHost } from '../../rows/backend-host.ts';
import { legacyConnectionInfo, managerData } from '../../rows/connection-info.ts';
import { isSameMachine } from '../../rows/connector-identity.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { operation } from '../../run/definition.ts';
import { failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { connectsToMakeUp, connectWith, voidMakeUpConnect } from './make-up-connect.ts';
import { endMissed, makeUpDisconnect, pendingDisconnects } from './make-up-disconnect.ts';
import { undoConnection } from './undo-connection.ts';

/** The older way: connects without recording an attachment. */
export const initializeConnection = operation('initialize_connection', {
  details: z.object({ volumeId: z.string(), connector: z.record(z.string(), z.unknown()) }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, connector }) => {
    const volume = await records.volumes.get(volumeId);
    if (volume === null) {
      return null;
    }
    const given = await driverVolume(records, volume);
    const missed = await pendingDisconnects(records, volume);
    return { volume, given, added: managerData(volume, given.type), connector, missed };
  },
  perform: async (driver, { given, connector, missed: earlier }, { now }) => ({
    ended: await endMissed(driver, earlier),
    ...(await connectWith((missed) => driver.connections.connect(given, connector, missed))),
    now,
  }),
  interrupted: {
    undo: ({ volumeId, connector }, accepted) =>
      undoConnection.of({ volumeId, connector, attachment: null, accepted: accepted.toISOString() }),
  },
  done: ({ volume, added }, { info, ended, missed, now }, { connector }) => ({
    write: async (records) => {
      await voidMakeUpConnect(records, volume.id, connector);
      // What was left to be ended for this machine, by an earlier try or disconnect, is wanted now.
      for (const { id, operation: name, details } of await records.journal.list()) {
        const other: unknown = details.connector;
        const endsIt = name === undoConnection.name || name === makeUpDisconnect.name;
        const isOfThis =
          endsIt &&
          details.volumeId === volume.id &&
          (other === null || (isConnector(other) && isSameMachine(other, connector)));
        if (isOfThis || ended.includes(id)) {
          await records.journal.remove(id);
        }
      }
    },
    reservation: null,
    message: null,
    next: connectsToMakeUp(volume, connector, missed, now),
    refresh: false,
    answer: legacyConnectionInfo(info, added),
  }),
  failed: ({ volume }, failure, { connector }) =>
    failedWithoutRows(
      failed(failure),
      failure.nothingMade
        ? null
        : undoConnection.of({ volumeId: volume.id, connector, attachment: null, accepted: null }),
    ),
  abandoned: ({ volumeId }) => nothingTaken(new OperationError('volume-gone', `Volume ${volumeId} is gone.`)),
  kind: 'call',
  backend: 'shared',
});

function isConnector(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
