import type { DriverGroup } from '@cinder-flasharray/driver';
import type { GroupRecord, Records } from '@cinder-flasharray/store';
import { z } from 'zod';
import { backendHostOf } from '../../rows/backend-host.ts';
import { currentArrayOf } from '../../rows/current-array.ts';
import { driverVolumeType } from '../../rows/driver-views.ts';
import { operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';

const details = z.object({
  /** `node1@puredriver-1`. */
  host: z.string(),
  groupId: z.string(),
  groupTypeId: z.string(),
  volumeTypeIds: z.array(z.string()).readonly(),
  /** The array that has it: `backend_id`, or `default`. */
  backendId: z.string(),
});

/**
 * A group was deleted with its volumes while its back end worked on copies of them: when the array that has its
 * protection group is current again, that goes as well. The group's row is gone.
 */
export const removeProtectionGroup = operation('remove_protection_group', {
  details,
  resourceId: ({ groupId }) => groupId,
  claim: () => null,
  touches: async (_records, { groupId }) => [exclusive('group', groupId)],
  host: async (_records, { host }) => host,
  load: async (records, { host, groupId, groupTypeId, volumeTypeIds, backendId }) => {
    const types = await Promise.all(volumeTypeIds.map((id) => driverVolumeType(records, id)));
    const given: DriverGroup = {
      id: groupId,
      typeSpecs: (await records.groupTypes.get(groupTypeId))?.groupSpecs ?? {},
      volumeTypes: types.filter((type) => type !== null),
    };
    return { given, isHere: (await currentArrayOf(records, host)) === backendId };
  },
  perform: async (driver, { given, isHere }) => {
    if (isHere) {
      await driver.groups.delete(given, []);
    }
  },
  interrupted: 'again',
  done: ({ isHere }, _made, about) => ({
    ...doneWithoutRows(),
    write: async (records) => {
      // It has failed over once more before this was done.
      if (!isHere) {
        await records.journal.defer(deferred(about));
      }
    },
  }),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});

/** Puts on record that the protection group goes when its array is current again, if another one is. */
export async function deferProtectionGroup(
  records: Records,
  { id, host, groupTypeId, volumeTypeIds }: GroupRecord,
): Promise<void> {
  const backendId = await records.groups.protectionGroupOn(id);
  if (host !== null && backendId !== null && backendId !== (await currentArrayOf(records, host))) {
    const about = { host: backendHostOf(host), groupId: id, groupTypeId, volumeTypeIds, backendId };
    await records.journal.defer(deferred(about));
  }
}

function deferred(about: z.infer<typeof details>) {
  const { host, backendId } = about;
  return { host, backendId, operation: 'remove_protection_group', details: about };
}
