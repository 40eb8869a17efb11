import type { MissedArray } from '@cinder-flasharray/driver';
import type { JsonObject, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { sharesHost } from '../../rows/connector-identity.ts';
import { operation, type Work } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';

/**
 * Ends a connection on an array of the back end that was away when it was to end. The volume may be gone by then. It is
 * tried until that array answers, and not at all when the host has been given the volume again.
 */
export const makeUpDisconnect = operation('make_up_disconnect', {
  details: z.object({
    volumeId: z.string(),
    host: z.string(),
    backendId: z.string(),
    /** Full name on the array. */
    volumeName: z.string(),
    connector: z.record(z.string(), z.unknown()).nullable(),
    /** Attachments that the volume had then: what is made up for was their end, or none of theirs. */
    before: z.array(z.string()).readonly(),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [exclusive('connections', volumeId)],
  host: async (_records, { host }) => host,
  load: async (records, { volumeId, backendId, volumeName, connector, before }) => {
    const attachments = (await records.attachments.ofVolume(volumeId)).filter(
      ({ id }) => !before.includes(id),
    );
    const isNeeded = connector === null ? attachments.length > 0 : sharesHost(attachments, connector, null);
    return { disconnect: { backendId, volumeName }, connector, isNeeded };
  },
  withoutArray: ({ isNeeded }) => (isNeeded ? { made: undefined } : null),
  perform: (driver, { disconnect, connector }) => driver.connections.makeUpDisconnect(disconnect, connector),
  interrupted: 'again',
  done: () => doneWithoutRows(),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => ({ reservation: null, error: null }),
  kind: 'cast',
  backend: 'shared',
  insists: 'always',
});

/** What has to be made up for after a disconnect, one piece of work an array. */
export function madeUpFor(
  volume: Pick<VolumeRecord, 'id' | 'host' | 'attachments'>,
  connector: JsonObject | null,
  missed: readonly MissedArray[],
): readonly Work<unknown>[] {
  const { id: volumeId, host } = volume;
  const before = volume.attachments.map(({ id }) => id);
  return host === null
    ? []
    : missed.map(({ backendId, volumeName }) =>
        makeUpDisconnect.of({ volumeId, host, backendId, volumeName, connector, before }),
      );
}

/** Ends a connection, and collects the arrays that did not hear of it. */
export async function disconnectWith(
  disconnect: (missed: (one: MissedArray) => void) => Promise<unknown>,
): Promise<readonly MissedArray[]> {
  const missed: MissedArray[] = [];
  await disconnect((one) => {
    missed.push(one);
  });
  return missed;
}
