import type { NewGroup, NewSnapshot, NewVolume, VolumeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request-context.ts';

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
