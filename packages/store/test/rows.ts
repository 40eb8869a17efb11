import type { NewAttachment } from '../src/attachments/attachment-store.ts';
import type { NewSnapshot } from '../src/snapshots/snapshot-store.ts';
import type { NewVolume } from '../src/volumes/volume-store.ts';

export const projectA = 'a'.repeat(32);
export const projectB = 'b'.repeat(32);

/** A uuid that says which one it is: `00000000-0000-4000-8000-000000000007`. */
export function id(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function aVolume(number: number, over: Partial<NewVolume> = {}): NewVolume {
  return {
    id: id(number),
    nameId: null,
    projectId: projectA,
    userId: 'u'.repeat(32),
    host: 'node1@puredriver-1#pool',
    size: 1,
    availabilityZone: 'nova',
    status: 'available',
    previousStatus: null,
    attachStatus: 'detached',
    migrationStatus: null,
    replicationStatus: null,
    replicationDriverData: null,
    displayName: `volume ${number}`,
    displayDescription: null,
    snapshotId: null,
    sourceVolid: null,
    volumeTypeId: id(900),
    bootable: false,
    encryptionKeyId: null,
    consistencygroupId: null,
    groupId: null,
    providerId: null,
    multiattach: false,
    clusterName: null,
    serviceUuid: null,
    sharedTargets: true,
    useQuota: true,
    scheduledAt: null,
    launchedAt: null,
    metadata: {},
    ...over,
  };
}

export function aSnapshot(number: number, volume: number, over: Partial<NewSnapshot> = {}): NewSnapshot {
  return {
    id: id(number),
    volumeId: id(volume),
    projectId: projectA,
    userId: 'u'.repeat(32),
    status: 'available',
    progress: '100%',
    volumeSize: 1,
    displayName: `snapshot ${number}`,
    displayDescription: null,
    providerId: null,
    volumeTypeId: id(900),
    groupSnapshotId: null,
    cgsnapshotId: null,
    useQuota: true,
    metadata: {},
    ...over,
  };
}

export function anAttachment(
  number: number,
  volume: number,
  over: Partial<NewAttachment> = {},
): NewAttachment {
  return {
    id: id(number),
    volumeId: id(volume),
    attachedHost: null,
    instanceUuid: null,
    mountpoint: null,
    attachTime: null,
    detachTime: null,
    attachMode: null,
    attachStatus: 'reserved',
    connectionInfo: null,
    connector: null,
    ...over,
  };
}
