import type { GroupRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { driverGroup } from '../../rows/driver-views.ts';
import { operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';

/**
 * Ends the copy of a group that was given up half way because it took too long, or because somebody took its status away:
 * the temporary snapshot goes that it was being made of. Rows and copies stay as they are.
 */
export const settleGroupCopy = operation('settle_group_copy', {
  details: z.object({ groupId: z.string() }),
  resourceId: ({ groupId }) => groupId,
  claim: () => null,
  touches: async (records, { groupId }) => {
    const sourceId = sourceOf(await records.groups.get(groupId));
    return [exclusive('group', groupId), ...(sourceId === null ? [] : [shared('group', sourceId)])];
  },
  host: async (records, { groupId }) => (await records.groups.summary(groupId))?.host ?? null,
  load: async (records, { groupId }) => {
    const sourceId = sourceOf(await records.groups.get(groupId));
    // A group is not deleted while it is being copied, and a copy of a group snapshot needs nothing but that.
    const source = sourceId === null ? null : await records.groups.get(sourceId);
    return source === null ? null : { copy: { id: groupId }, source: await driverGroup(records, source) };
  },
  perform: (driver, { copy, source }) => driver.groups.clearCopy(copy, source),
  interrupted: 'again',
  done: () => doneWithoutRows(),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});

/** The group that it is a copy of; null: there is none. */
function sourceOf(group: GroupRecord | null): string | null {
  return group?.sourceGroupId ?? null;
}
