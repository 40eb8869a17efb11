import type { NewVolume, VolumeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';
import { newVolume } from '../rows/new-volume.ts';

/** A copy of a member, to be made with the rest of its group. */
export function memberCopy(
  context: RequestContext,
  member: VolumeRecord,
  change: Pick<NewVolume, 'id' | 'size' | 'groupId' | 'snapshotId' | 'sourceVolid'>,
): NewVolume {
  return newVolume(context, {
    ...change,
    host: member.host,
    availabilityZone: member.availabilityZone,
    status: 'creating',
    displayName: member.displayName,
    displayDescription: member.displayDescription,
    volumeTypeId: member.volumeTypeId,
    bootable: member.bootable,
    multiattach: member.multiattach,
    metadata: member.metadata,
  });
}
