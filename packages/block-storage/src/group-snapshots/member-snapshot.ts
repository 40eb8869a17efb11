import type { NewSnapshot, VolumeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

/** A member's part of a group snapshot. */
export function memberSnapshot(
  context: RequestContext,
  member: VolumeRecord,
  change: Pick<NewSnapshot, 'id' | 'groupSnapshotId' | 'displayName' | 'displayDescription'>,
): NewSnapshot {
  return {
    ...change,
    volumeId: member.id,
    projectId: member.projectId,
    userId: context.userId,
    status: 'creating',
    progress: '0%',
    volumeSize: member.size,
    providerId: null,
    volumeTypeId: member.volumeTypeId,
    cgsnapshotId: null,
    useQuota: true,
    metadata: {},
  };
}
