import type { GroupRecord, Records } from '@cinder-flasharray/store';
import { z } from 'zod';
import { backendHostOf } from '../../rows/backend-host.ts';
import { currentArrayOf } from '../../rows/current-array.ts';
import { driverGroup } from '../../rows/driver-views.ts';
import { exclusive } from '../../run/resource.ts';
import { whenCurrent } from './when-current.ts';

/**
 * A group was deleted with its volumes while its back end worked on copies of them, or a failover has broken off its
 * creation: when the array that has its protection group is current again, that goes as well.
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
  load: async (records, { groupId, host, ...types }) => ({
    given: await driverGroup(records, { id: groupId, ...types }),
    // The group may have been made here after all.
    isItsOwn: (await records.groups.protectionGroupOn(groupId)) === (await currentArrayOf(records, host)),
  }),
  perform: async (driver, { given, isItsOwn }) => {
    if (!isItsOwn) {
      await driver.groups.delete(given, []);
    }
  },
});

/**
 * Puts on record that a protection group goes when its array is current again.
 * @param backendId the array that has it, or may have it
 */
export async function deferProtectionGroup(
  records: Records,
  { id: groupId, host, groupTypeId, volumeTypeIds }: GroupRecord,
  backendId: string,
): Promise<void> {
  if (host !== null) {
    const about = { host: backendHostOf(host), backendId, groupId, groupTypeId, volumeTypeIds };
    await removeProtectionGroup.defer(records, about);
  }
}
