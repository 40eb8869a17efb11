import type { DriverGroup } from '@cinder-flasharray/driver';
import type { GroupRecord, GroupStatus, Records } from '@cinder-flasharray/store';
import { saysTrue } from '../../boolean-spec.ts';
import { recordProtectionGroup } from '../../rows/protection-group.ts';

/** From the status that its work gave it, if it still has that. */
export async function settleGroup(
  records: Records,
  groupId: string,
  from: GroupStatus,
  to: GroupStatus,
): Promise<void> {
  await records.groups.updateWhere(groupId, { status: [from] }, { status: to });
}

/** A group that is replicated as one was wired by the driver, or would have failed. */
export async function recordMade(records: Records, group: GroupRecord, given: DriverGroup): Promise<void> {
  const isReplicated = saysTrue(given.typeSpecs.consistent_group_replication_enabled);
  await records.groups.update(group.id, { replicationStatus: isReplicated ? 'enabled' : 'disabled' });
  await recordProtectionGroup(records, group, given);
}
