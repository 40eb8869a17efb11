import { type ConnectionInfo, isTransient, type MissedArray } from '@cinder-flasharray/driver';
import type { JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { isSameMachine } from '../../rows/connector-identity.ts';
import { operation, type Work } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';

/** How long an array that refuses is asked again, milliseconds. One that is away is asked until it answers. */
const refusedFor = 1_800_000;

/**
 * Connects a volume on an array of the back end that was away when the host was given the volume: until then the host
 * reaches it through the others only. It is needed for as long as its entry is in the journal, which goes with the
 * host's connection.
 */
export const makeUpConnect = operation('make_up_connect', {
  details: z.object({
    volumeId: z.string(),
    host: z.string(),
    backendId: z.string(),
    /** Full name on the array. */
    volumeName: z.string(),
    connector: z.record(z.string(), z.unknown()),
    /** Milliseconds since the epoch: when the host was given the volume. */
    since: z.number(),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId), exclusive('connections', volumeId)],
  host: async (_records, { host }) => host,
  load: async (records, details) => {
    const { volumeId, backendId, volumeName, connector, since } = details;
    const volume = await records.volumes.get(volumeId);
    if (volume === null) {
      return null;
    }
    const wanted = await entriesOf(records, volumeId, connector);
    // A volume that has left the pod is on that array no more.
    const isNeeded =
      volume.providerId === volumeName && wanted.some((entry) => entry.backendId === backendId);
    return { connect: { backendId, volumeName }, connector, since, isNeeded };
  },
  withoutArray: ({ isNeeded }) => (isNeeded ? null : { made: undefined }),
  perform: async (driver, { connect, connector, since }, { now }) => {
    try {
      await driver.connections.makeUpConnect(connect, connector);
    } catch (error) {
      if (isTransient(error) || now - since < refusedFor) {
        throw error;
      }
    }
  },
  interrupted: 'again',
  done: () => doneWithoutRows(),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
  insists: 'always',
});

/** Connects, and collects the arrays that did not hear of it. */
export async function connectWith(
  connect: (missed: (one: MissedArray) => void) => Promise<ConnectionInfo>,
): Promise<{ readonly info: ConnectionInfo; readonly missed: readonly MissedArray[] }> {
  const missed: MissedArray[] = [];
  const info = await connect((one) => {
    missed.push(one);
  });
  return { info, missed };
}

/** What has to be made up for after a connect, one piece of work an array. */
export function connectsToMakeUp(
  { id: volumeId, host }: Pick<VolumeRecord, 'id' | 'host'>,
  connector: JsonObject,
  missed: readonly MissedArray[],
  since: number,
): readonly Work<unknown>[] {
  return host === null
    ? []
    : missed.map(({ backendId, volumeName }) =>
        makeUpConnect.of({ volumeId, host, backendId, volumeName, connector, since }),
      );
}

/**
 * The machine's connection has ended, or been made anew: what was left to be connected for it is not wanted any more.
 * @param connector null: of every machine
 */
export async function voidMakeUpConnect(
  records: Records,
  volumeId: string,
  connector: JsonObject | null,
): Promise<void> {
  for (const { id } of await entriesOf(records, volumeId, connector)) {
    await records.journal.remove(id);
  }
}

async function entriesOf(
  records: Records,
  volumeId: string,
  connector: JsonObject | null,
): Promise<readonly { readonly id: string; readonly backendId: unknown }[]> {
  return (await records.journal.list()).flatMap(({ id, operation: name, details }) => {
    const other = z.record(z.string(), z.unknown()).safeParse(details.connector);
    const isIt =
      name === makeUpConnect.name &&
      details.volumeId === volumeId &&
      (connector === null || (other.success && isSameMachine(other.data, connector)));
    return isIt ? [{ id, backendId: details.backendId }] : [];
  });
}
