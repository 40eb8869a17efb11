import type { DriverGroup } from '@cinder-flasharray/driver';
import type { GroupRecord, Records } from '@cinder-flasharray/store';
import { saysTrue } from '../boolean-spec.ts';
import { currentArrayOf, nowhere } from './current-array.ts';

/**
 * Which array has its protection group, if one has: the array that is current while it is made. Of one in the pod that is
 * any array of it that is current, see `leaveGroups`.
 */
export async function recordProtectionGroup(
  records: Records,
  { id, host }: Pick<GroupRecord, 'id' | 'host'>,
  given: DriverGroup,
): Promise<void> {
  if (host !== null && containerOf(given) !== 'none') {
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
  const isInPod = volumeTypes.some(({ extraSpecs: { replication_enabled: isReplicated, ...specs } }) => {
    const kind = (specs.replication_type ?? '').trim().replaceAll(/\s+/g, ' ');
    return saysTrue(isReplicated) && (kind === '<in> sync' || kind === '<in> trisync');
  });
  return isInPod ? 'pod' : 'array';
}
