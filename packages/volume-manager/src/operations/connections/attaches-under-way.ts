import type { JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import type { Work } from '../../run/definition.ts';
import { attachmentUpdate } from './attachment-update.ts';
import { initializeConnection } from './initialize-connection.ts';
import { releaseHost } from './release-host.ts';
import { undoConnection } from './undo-connection.ts';

/**
 * An attach that is not done, or is to be undone: it goes on, from its beginning, on the array that its back end works on
 * then.
 */
export interface AttachUnderWay {
  readonly volume: VolumeRecord;
  readonly connector: JsonObject;
}

const attaches: readonly string[] = [attachmentUpdate.name, initializeConnection.name, undoConnection.name];
const details = z.object({ volumeId: z.string(), connector: z.record(z.string(), z.unknown()) });

/** Those of some volumes. */
export async function attachesUnderWay(
  records: Records,
  volumes: readonly VolumeRecord[],
): Promise<readonly AttachUnderWay[]> {
  const byId = new Map(volumes.map((volume) => [volume.id, volume]));
  return (await records.journal.list())
    .filter(({ operation }) => attaches.includes(operation))
    .flatMap((entry) => {
      const { success, data } = details.safeParse(entry.details);
      const volume = success ? byId.get(data.volumeId) : undefined;
      return success && volume !== undefined ? [{ volume, connector: data.connector }] : [];
    });
}

/**
 * A try may have made the host on the array that is left, or on its peers, and nothing is connected to it there when the
 * next one begins on another array.
 * @param arrays all but the one that is current now
 */
export function releasedOn(
  arrays: readonly string[],
  { volume, connector }: AttachUnderWay,
): readonly Work<unknown>[] {
  const { id: volumeId, host, providerId } = volume;
  return host === null || providerId === null
    ? []
    : arrays.map((backendId) =>
        releaseHost.of({ volumeId, host, backendId, volumeName: providerId, connector, isOrdered: false }),
      );
}
