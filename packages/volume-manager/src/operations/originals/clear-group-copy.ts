import type { GroupRecord, Records } from '@cinder-flasharray/store';
import { z } from 'zod';
import { backendHostOf } from '../../rows/backend-host.ts';
import { driverGroup } from '../../rows/driver-views.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { whenCurrent } from './when-current.ts';

/**
 * A failover has broken off the copy of a group: when the array that it began on is current again, the temporary
 * snapshot goes that it was being made of.
 */
export const clearGroupCopy = whenCurrent('clear_group_copy', {
  details: z.object({
    host: z.string(),
    backendId: z.string(),
    groupId: z.string(),
    source: z.object({
      id: z.string(),
      groupTypeId: z.string(),
      volumeTypeIds: z.array(z.string()).readonly(),
    }),
  }),
  resourceId: ({ groupId }) => groupId,
  touches: async (_records, { groupId, source }) => [exclusive('group', groupId), shared('group', source.id)],
  load: async (records, { groupId, source }) => ({
    copy: { id: groupId },
    source: await driverGroup(records, source),
  }),
  perform: (driver, { copy, source }) => driver.groups.clearCopy(copy, source),
});

/** Puts that on record, of a group that is being copied. @param backendId the array that is left */
export async function deferClearing(
  records: Records,
  { id: groupId, host, sourceGroupId }: GroupRecord,
  backendId: string,
): Promise<void> {
  const found = sourceGroupId === null ? null : await records.groups.get(sourceGroupId);
  if (host !== null && found !== null) {
    const { id, groupTypeId, volumeTypeIds } = found;
    const source = { id, groupTypeId, volumeTypeIds };
    await clearGroupCopy.defer(records, { host: backendHostOf(host), backendId, groupId, source });
  }
}
