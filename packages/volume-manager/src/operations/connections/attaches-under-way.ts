import type { JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { attachmentUpdate } from './attachment-update.ts';
import { initializeConnection } from './initialize-connection.ts';
import { undoConnection } from './undo-connection.ts';

/**
 * An attach that is not done, or is to be undone. After a failover it goes on, from its beginning, on the array that is
 * current then: a host that it made on another one has no connection there.
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
