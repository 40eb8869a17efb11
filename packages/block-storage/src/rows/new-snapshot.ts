import type { NewSnapshot, VolumeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

type Given = Pick<NewSnapshot, 'id' | 'displayName' | 'displayDescription' | 'metadata'>;

/** The row of a snapshot of a volume, in the volume's project. Nothing of it is on an array yet. */
export function newSnapshot(
  context: RequestContext,
  volume: VolumeRecord,
  given: Given & Partial<Pick<NewSnapshot, 'groupSnapshotId'>>,
): NewSnapshot {
  return {
    volumeId: volume.id,
    projectId: volume.projectId,
    userId: context.userId,
    status: 'creating',
    progress: '0%',
    volumeSize: volume.size,
    providerId: null,
    volumeTypeId: volume.volumeTypeId,
    groupSnapshotId: null,
    cgsnapshotId: null,
    useQuota: true,
    ...given,
  };
}
