import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
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
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, attachment }) => {
    const volume = await records.volumes.get(volumeId);
    return volume === null ? null : { given: await driverVolume(records, volume), attachment };
  },
  perform: (driver, { given, attachment }) => driver.connections.tag(given, attachment),
  interrupted: 'again',
  done: () => doneWithoutRows(),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});
