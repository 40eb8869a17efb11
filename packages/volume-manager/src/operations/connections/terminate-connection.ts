import { z } from 'zod';
import { failed, OperationError } from '../../errors.ts';
import { volumeHost } from '../../rows/backend-host.ts';
import { isSameMachine } from '../../rows/connector-identity.ts';
import { operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { voidMakeUpConnect } from './make-up-connect.ts';
import { disconnect, disconnectedVolume, madeUpFor } from './make-up-disconnect.ts';

/** The older way to disconnect. A null connector ends every connection of the volume. */
export const terminateConnection = operation('terminate_connection', {
  details: z.object({ volumeId: z.string(), connector: z.record(z.string(), z.unknown()).nullable() }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, connector }) => {
    const volume = await records.volumes.get(volumeId);
    if (volume === null) {
      return null;
    }
    // An attachment that was made the newer way has the connection too, and says itself when it ends.
    const isNeeded =
      connector !== null &&
      volume.attachments.some(
        (other) => other.connector !== null && isSameMachine(other.connector, connector),
      );
    return { volume, connector, isNeeded, ...(await disconnectedVolume(records, volume)) };
  },
  // A volume that no back end ever had is connected nowhere.
  withoutArray: ({ volume, isNeeded }) => (isNeeded || volume.host === null ? { made: [] } : null),
  perform: (driver, loaded) => disconnect(driver, loaded, loaded.connector),
  interrupted: 'again',
  done: ({ volume, copies, connector, isNeeded }, missed) => ({
    ...doneWithoutRows(isNeeded ? [] : madeUpFor({ volume, copies }, connector, missed)),
    write: async (records) => {
      if (!isNeeded) {
        await voidMakeUpConnect(records, volume.id, connector);
      }
    },
  }),
  failed: (_loaded, failure) => failedWithoutRows(failed(failure)),
  abandoned: ({ volumeId }) => nothingTaken(new OperationError('volume-gone', `Volume ${volumeId} is gone.`)),
  kind: 'call',
  backend: 'shared',
});
