import { z } from 'zod';
import { driverVolume } from '../../rows/driver-views.ts';
import { operation } from '../../run/definition.ts';
import { shared } from '../../run/resource.ts';

/** What the array shows about the attachment, for its administrators. */
export const tagAttachment = operation('tag_attachment', {
  details: z.object({
    volumeId: z.string(),
    /** Null: the last attachment is gone. */
    attachment: z.object({ instanceUuid: z.string().nullable() }).nullable(),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [shared('volume', volumeId)],
  host: async (records, { volumeId }) => (await records.volumes.hostAndStatus(volumeId))?.host ?? null,
  load: async (records, { volumeId, attachment }) => {
    const volume = await records.volumes.get(volumeId);
    return volume === null ? null : { given: await driverVolume(records, volume), attachment };
  },
  perform: (driver, { given, attachment }) => driver.connections.tag(given, attachment),
  interrupted: 'again',
  done: () => ({
    write: async () => undefined,
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: (_loaded, failure) => ({
    write: async () => undefined,
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => ({ reservation: null, error: null }),
  kind: 'cast',
  backend: 'shared',
});
