import type { GroupRecord, Records } from '@cinder-flasharray/store';
import { z } from 'zod';
import { backendHostOf } from '../../rows/backend-host.ts';
import { currentArrayOf } from '../../rows/current-array.ts';
import { driverGroup } from '../../rows/driver-views.ts';
import { exclusive } from '../../run/resource.ts';
import { whenCurrent } from './when-current.ts';

/**
 * A group was deleted with its volumes while its back end worked on copies of them: when the array that has its
 * protection group is current again, that goes as well.
 */
export const removeProtectionGroup = whenCurrent('remove_protection_group', {
  details: z.object({
    host: z.string(),
    backendId: z.string(),
    groupId: z.string(),
    groupTypeId: z.string(),
    volumeTypeIds: z.array(z.string()).readonly(),
  }),
  resourceId: ({ groupId }) => groupId,
  touches: async (_records, { groupId }) => [exclusive('group', groupId)],
  load: (records, { groupId, ...types }) => driverGroup(records, { id: groupId, ...types }),
  perform: async (driver, given) => {
    await driver.groups.delete(given, []);
  },
});

/** Puts on record that the protection group goes when its array is current again, if another one is. */
export async function deferProtectionGroup(
  records: Records,
  { id: groupId, host, groupTypeId, volumeTypeIds }: GroupRecord,
): Promise<void> {
  const backendId = await records.groups.protectionGroupOn(groupId);
  if (host !== null && backendId !== null && backendId !== (await currentArrayOf(records, host))) {
    const about = { host: backendHostOf(host), backendId, groupId, groupTypeId, volumeTypeIds };
    await removeProtectionGroup.defer(records, about);
  }
}
