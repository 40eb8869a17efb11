import type { Records, VolumeRecord } from '@cinder-flasharray/store';

/** Actions and details of Cinder's user messages that this service writes. */
export const messageActions = {
  scheduleAllocate: '001',
  attach: '002',
  extend: '007',
  createOnBackend: '008',
  snapshotCreate: '009',
  snapshotDelete: '010',
} as const;

export const messageDetails = {
  unknown: '001',
  notEnoughSpace: '003',
  driverNotInitialized: '002',
  quotaExceeded: '006',
  driverFailedExtend: '010',
  driverFailedCreate: '012',
  snapshotCreateError: '013',
  snapshotBusy: '015',
  snapshotDeleteError: '016',
} as const;

const thirtyDays = 30 * 24 * 60 * 60 * 1000;

/** Leaves a message that the user can read with `cinder message-list`. */
export async function leaveMessage(
  records: Records,
  about: {
    readonly resourceType: 'VOLUME' | 'VOLUME_SNAPSHOT';
    readonly resource: Pick<VolumeRecord, 'id' | 'projectId'>;
    readonly action: (typeof messageActions)[keyof typeof messageActions];
    readonly detail: (typeof messageDetails)[keyof typeof messageDetails];
    readonly requestId: string | null;
  },
  dependencies: { readonly now: number; readonly randomUuid: () => string },
): Promise<void> {
  await records.messages.insert({
    id: dependencies.randomUuid(),
    projectId: about.resource.projectId,
    requestId: about.requestId,
    resourceType: about.resourceType,
    resourceUuid: about.resource.id,
    eventId: `VOLUME_${about.resourceType}_${about.action}_${about.detail}`,
    actionId: about.action,
    detailId: about.detail,
    messageLevel: 'ERROR',
    expiresAt: new Date(dependencies.now + thirtyDays),
  });
}
