import type { DriverGroup } from '@cinder-flasharray/driver';
import type { GroupRecord, Records } from '@cinder-flasharray/store';
import { saysTrue } from '../boolean-spec.ts';
import { currentArrayOf, nowhere } from './current-array.ts';

/** Which array has its protection group, if one has: the array that is current while it is made. */
export async function recordProtectionGroup(
  records: Records,
  { id, host }: Pick<GroupRecord, 'id' | 'host'>,
  given: DriverGroup,
): Promise<void> {
  if (host !== null && isOnOneArray(given)) {
    await records.groups.recordProtectionGroup(id, await currentArrayOf(records, host));
  }
}

/** The same when a creation has failed. @param nothingMade no array has anything of it */
export async function recordFailedCreation(
  records: Records,
  group: Pick<GroupRecord, 'id' | 'host'>,
  given: DriverGroup,
  { nothingMade }: { readonly nothingMade: boolean },
): Promise<void> {
  await (nothingMade
    ? records.groups.recordProtectionGroup(group.id, nowhere)
    : recordProtectionGroup(records, group, given));
}

/** Whether a failover leaves the group's protection group where it is. Both arrays have what is in the pod. */
export function isOnOneArray({ typeSpecs, volumeTypes }: DriverGroup): boolean {
  return (
    saysTrue(typeSpecs.consistent_group_snapshot_enabled) &&
    !volumeTypes.some(
      ({ extraSpecs: specs }) =>
        saysTrue(specs.replication_enabled) &&
        /sync$/.test((specs.replication_type ?? '').replace('async', '')),
    )
  );
}
