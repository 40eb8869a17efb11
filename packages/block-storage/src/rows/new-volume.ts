import type { NewVolume } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

/** What a request and its place decide. */
type Given = Pick<
  NewVolume,
  | 'id'
  | 'host'
  | 'size'
  | 'availabilityZone'
  | 'status'
  | 'displayName'
  | 'displayDescription'
  | 'volumeTypeId'
  | 'bootable'
  | 'multiattach'
  | 'metadata'
>;

/** What most volumes do not have. */
type Optional = Partial<
  Pick<NewVolume, 'snapshotId' | 'sourceVolid' | 'groupId' | 'serviceUuid' | 'scheduledAt'>
>;

/** The row of a volume that the caller's project gets. Nothing of it is on an array yet. */
export function newVolume(context: RequestContext, given: Given & Optional): NewVolume {
  return {
    nameId: null,
    projectId: context.projectId,
    userId: context.userId,
    previousStatus: null,
    attachStatus: 'detached',
    migrationStatus: null,
    replicationStatus: null,
    replicationDriverData: null,
    snapshotId: null,
    sourceVolid: null,
    encryptionKeyId: null,
    consistencygroupId: null,
    groupId: null,
    providerId: null,
    clusterName: null,
    serviceUuid: null,
    sharedTargets: true,
    useQuota: true,
    scheduledAt: null,
    launchedAt: null,
    ...given,
  };
}
