import type { GroupSnapshotRecord } from '@cinder-flasharray/store';
import type { ApiRequest } from '../http/route.ts';
import { isoTime } from '../http/view.ts';

/** A group snapshot as the microversion shows it. */
export function groupSnapshotView(
  { minor, context }: ApiRequest,
  snapshot: GroupSnapshotRecord,
): Readonly<Record<string, unknown>> {
  return {
    id: snapshot.id,
    group_id: snapshot.groupId,
    group_type_id: snapshot.groupTypeId,
    status: snapshot.status,
    created_at: isoTime(snapshot.createdAt),
    name: snapshot.name,
    description: snapshot.description,
    ...(minor >= 58 && context.isAdmin ? { project_id: snapshot.projectId } : {}),
  };
}
