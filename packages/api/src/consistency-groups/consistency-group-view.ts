import type { GroupRecord, GroupSnapshotRecord } from '@cinder-flasharray/store';
import { isoTime } from '../http/view.ts';

/** A group in the old form. */
export function consistencyGroupView(group: GroupRecord): Readonly<Record<string, unknown>> {
  return {
    id: group.id,
    status: group.status,
    availability_zone: group.availabilityZone,
    created_at: isoTime(group.createdAt),
    name: group.name,
    description: group.description,
    volume_types: group.volumeTypeIds,
  };
}

/** A group snapshot in the old form. */
export function cgsnapshotView(snapshot: GroupSnapshotRecord): Readonly<Record<string, unknown>> {
  return {
    id: snapshot.id,
    consistencygroup_id: snapshot.groupId,
    status: snapshot.status,
    created_at: isoTime(snapshot.createdAt),
    name: snapshot.name,
    description: snapshot.description,
  };
}
