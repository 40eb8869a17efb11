import type { NewGroup, NewVolume, VolumeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

/** What every new group has in common. */
export function emptyGroup(context: RequestContext) {
  return {
    projectId: context.projectId,
    userId: context.userId,
    groupSnapshotId: null,
    sourceGroupId: null,
    replicationStatus: null,
    clusterName: null,
  } as const satisfies Partial<NewGroup>;
}

/** A copy of a member, to be made with the rest of its group. */
export function memberCopy(
  context: RequestContext,
  member: VolumeRecord,
  change: Pick<NewVolume, 'id' | 'size' | 'groupId' | 'snapshotId' | 'sourceVolid'>,
): NewVolume {
  return {
    ...change,
    nameId: null,
    projectId: context.projectId,
    userId: context.userId,
    host: member.host,
    availabilityZone: member.availabilityZone,
    status: 'creating',
    previousStatus: null,
    attachStatus: 'detached',
    migrationStatus: null,
    replicationStatus: null,
    displayName: member.displayName,
    displayDescription: member.displayDescription,
    volumeTypeId: member.volumeTypeId,
    bootable: member.bootable,
    encryptionKeyId: null,
    consistencygroupId: null,
    providerId: null,
    multiattach: member.multiattach,
    clusterName: null,
    serviceUuid: null,
    sharedTargets: true,
    useQuota: true,
    scheduledAt: null,
    launchedAt: null,
    metadata: member.metadata,
  };
}
