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
  if (host !== null && containerOf(given) === 'array') {
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

/** Where a group has its protection group: on one array, in the pod and so on all arrays of that, or it has none. */
export function containerOf({ typeSpecs, volumeTypes }: DriverGroup): 'array' | 'pod' | 'none' {
  if (!saysTrue(typeSpecs.consistent_group_snapshot_enabled)) {
    return 'none';
  }
  return volumeTypes.some(
    ({ extraSpecs: specs }) =>
      saysTrue(specs.replication_enabled) &&
      /sync$/.test((specs.replication_type ?? '').replace('async', '')),
  )
    ? 'pod'
    : 'array';
}
