import type { SnapshotRecord } from '@cinder-flasharray/store';
import type { ApiRequest } from '../http/route.ts';
import { isoTime } from '../http/view.ts';

/**
 * A snapshot as the microversion shows it.
 * @param full with the extended attributes, which the answers to a create and to a change do not have
 */
export function snapshotView(
  { minor }: Pick<ApiRequest, 'minor'>,
  snapshot: SnapshotRecord,
  { full }: { readonly full: boolean },
): Readonly<Record<string, unknown>> {
  return {
    id: snapshot.id,
    created_at: isoTime(snapshot.createdAt),
    updated_at: isoTime(snapshot.updatedAt),
    name: snapshot.displayName,
    description: snapshot.displayDescription,
    volume_id: snapshot.volumeId,
    status: snapshot.status,
    size: snapshot.volumeSize,
    metadata: snapshot.metadata,
    ...(minor >= 14 ? { group_snapshot_id: snapshot.groupSnapshotId } : {}),
    ...(minor >= 41 ? { user_id: snapshot.userId } : {}),
    ...(minor >= 65 ? { consumes_quota: snapshot.useQuota } : {}),
    ...(full
      ? {
          'os-extended-snapshot-attributes:project_id': snapshot.projectId,
          'os-extended-snapshot-attributes:progress': snapshot.progress,
        }
      : {}),
  };
}
