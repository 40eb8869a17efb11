import type { GroupRecord } from '@cinder-flasharray/store';
import type { ApiRequest } from '../http/route.ts';
import { isoTime } from '../http/view.ts';

/** `id` and `name`: what the short list and the answer to a create show. */
export function groupSummary({ id, name }: GroupRecord): Readonly<Record<string, unknown>> {
  return { id, name };
}

/**
 * A group as the microversion shows it.
 * @param volumes ids of its volumes; null where they are not asked for
 */
export function groupView(
  { minor, context }: ApiRequest,
  group: GroupRecord,
  volumes: readonly string[] | null,
): Readonly<Record<string, unknown>> {
  return {
    id: group.id,
    status: group.status,
    availability_zone: group.availabilityZone,
    created_at: isoTime(group.createdAt),
    name: group.name,
    description: group.description,
    group_type: group.groupTypeId,
    volume_types: group.volumeTypeIds,
    ...(minor >= 14
      ? { group_snapshot_id: group.groupSnapshotId, source_group_id: group.sourceGroupId }
      : {}),
    ...(volumes === null ? {} : { volumes }),
    ...(minor >= 38 ? { replication_status: group.replicationStatus } : {}),
    ...(minor >= 58 && context.isAdmin ? { project_id: group.projectId } : {}),
  };
}
