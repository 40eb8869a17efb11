import type { EndingContext } from '@cinder-flasharray/driver';
import type { JsonObject, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { type Call, operation, type Work } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';

/**
 * After a volume was taken from a machine, by its deletion or by a move that it left an array with, and after an attach
 * that a failover has broken off: the machine's host goes, if it is ours and nothing else is connected to it. An array that did not hear of a deletion ends the connection
 * first; while the volume lives its connections are left alone. It is tried until the array answers.
 */
export const releaseHost = operation('release_host', {
  details: z.object({
    volumeId: z.string(),
    host: z.string(),
    backendId: z.string(),
    /** Full name on the array, at that time. */
    volumeName: z.string(),
    /** By which the host is found. */
    connector: z.record(z.string(), z.unknown()),
    /**
     * Whether it comes after what takes the volume from the machine. Else the driver keeps it apart from attaches of the
     * machine, and nobody waits for an array that is away.
     */
    isOrdered: z.boolean().default(true),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId, isOrdered }) =>
    isOrdered ? [exclusive('connections', volumeId)] : [],
  host: async (_records, { host }) => host,
  load: async (records, { volumeId, backendId, volumeName, connector }) => ({
    isGone: (await records.volumes.summary(volumeId)) === null,
    disconnect: { backendId, volumeName },
    connector,
  }),
  perform: (driver, { isGone, disconnect, connector }) =>
    isGone
      ? driver.connections.makeUpDisconnect(disconnect, connector)
      : driver.connections.releaseHost(disconnect.backendId, connector),
  interrupted: 'again',
  done: () => doneWithoutRows(),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
  insists: 'always',
});

/** Puts on record, machine by machine, whose hosts may be left behind by what takes a volume from them. */
export function releasedLater(
  { id: volumeId, host, replicationDriverData }: Pick<VolumeRecord, 'id' | 'host' | 'replicationDriverData'>,
  { follow }: Pick<Call, 'follow'>,
): NonNullable<EndingContext['ending']> {
  return async ({ backendId, volumeName, isTarget }, connector) => {
    // A target has the volume only when that was made there.
    if (host !== null && (!isTarget || backendId === replicationDriverData)) {
      await follow([releaseHost.of({ volumeId, host, backendId, volumeName, connector, isOrdered: true })]);
    }
  };
}

/**
 * Takes away, on some arrays, a machine's hosts to which nothing is connected.
 * @param arrays `backend_id`, or `default`
 * @param isOrdered after the work on the volume's connections that was accepted before
 */
export function releasedOn(
  arrays: readonly string[],
  { id: volumeId, host, providerId }: Pick<VolumeRecord, 'id' | 'host' | 'providerId'>,
  connector: JsonObject,
  isOrdered: boolean,
): readonly Work<unknown>[] {
  return host === null || providerId === null
    ? []
    : arrays.map((backendId) =>
        releaseHost.of({ volumeId, host, backendId, volumeName: providerId, connector, isOrdered }),
      );
}
