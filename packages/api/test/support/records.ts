import type {
  AttachmentRecord,
  GroupRecord,
  GroupSnapshotRecord,
  GroupTypeRecord,
  QosSpecsRecord,
  SnapshotRecord,
  VolumeRecord,
  VolumeTypeRecord,
} from '@cinder-flasharray/store';

/** Project and user of the test requests. */
export const project = '0123456789abcdef0123456789abcdef';
export const user = 'fedcba9876543210fedcba9876543210';

const createdAt = new Date('2026-03-01T10:20:30.000Z');

export function aVolumeType(fields: Partial<VolumeTypeRecord> = {}): VolumeTypeRecord {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    name: 'gold',
    description: null,
    isPublic: true,
    qosSpecsId: null,
    extraSpecs: {},
    createdAt,
    updatedAt: null,
    ...fields,
  };
}

export function aVolume(fields: Partial<VolumeRecord> = {}): VolumeRecord {
  return {
    id: '22222222-2222-4222-8222-222222222222',
    nameId: null,
    projectId: project,
    userId: user,
    host: 'node1@array1#pool1',
    size: 3,
    availabilityZone: 'nova',
    status: 'available',
    previousStatus: null,
    attachStatus: 'detached',
    migrationStatus: null,
    replicationStatus: null,
    replicationDriverData: null,
    displayName: 'data',
    displayDescription: null,
    snapshotId: null,
    sourceVolid: null,
    volumeTypeId: aVolumeType().id,
    bootable: false,
    encryptionKeyId: null,
    consistencygroupId: null,
    groupId: null,
    providerId: 'volume-22222222-2222-4222-8222-222222222222-cinder',
    multiattach: false,
    clusterName: null,
    serviceUuid: '33333333-3333-4333-8333-333333333333',
    sharedTargets: true,
    useQuota: true,
    scheduledAt: null,
    launchedAt: null,
    metadata: {},
    adminMetadata: {},
    attachments: [],
    createdAt,
    updatedAt: null,
    ...fields,
  };
}

export function aSnapshot(fields: Partial<SnapshotRecord> = {}): SnapshotRecord {
  return {
    id: '44444444-4444-4444-8444-444444444444',
    volumeId: aVolume().id,
    projectId: project,
    userId: user,
    status: 'available',
    progress: '100%',
    volumeSize: 3,
    displayName: 'monday',
    displayDescription: null,
    providerId: null,
    volumeTypeId: aVolumeType().id,
    groupSnapshotId: null,
    cgsnapshotId: null,
    useQuota: true,
    metadata: {},
    createdAt,
    updatedAt: null,
    ...fields,
  };
}

export function anAttachment(fields: Partial<AttachmentRecord> = {}): AttachmentRecord {
  return {
    id: '55555555-5555-4555-8555-555555555555',
    volumeId: aVolume().id,
    attachedHost: null,
    instanceUuid: '66666666-6666-4666-8666-666666666666',
    mountpoint: '/dev/vdb',
    attachTime: new Date('2026-03-01T10:21:00.000Z'),
    detachTime: null,
    attachMode: 'rw',
    attachStatus: 'attached',
    connectionInfo: null,
    connector: null,
    createdAt,
    updatedAt: null,
    ...fields,
  };
}

export function someQosSpecs(fields: Partial<QosSpecsRecord> = {}): QosSpecsRecord {
  return {
    id: '88888888-8888-4888-8888-888888888888',
    name: 'fast',
    consumer: 'back-end',
    specs: { maxIOPS: '500' },
    createdAt,
    updatedAt: null,
    ...fields,
  };
}

export function aGroupType(fields: Partial<GroupTypeRecord> = {}): GroupTypeRecord {
  return {
    id: '99999999-9999-4999-8999-999999999999',
    name: 'consistent',
    description: null,
    isPublic: true,
    groupSpecs: {},
    createdAt,
    updatedAt: null,
    ...fields,
  };
}

export const consistencyGroupType = aGroupType({
  id: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc',
  name: 'default_cgsnapshot_type',
  groupSpecs: { consistent_group_snapshot_enabled: '<is> True' },
});

export function aGroup(fields: Partial<GroupRecord> = {}): GroupRecord {
  return {
    id: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
    projectId: project,
    userId: user,
    host: 'node1@array1#pool1',
    availabilityZone: 'nova',
    name: 'database',
    description: null,
    groupTypeId: aGroupType().id,
    status: 'available',
    groupSnapshotId: null,
    sourceGroupId: null,
    replicationStatus: 'disabled',
    clusterName: null,
    volumeTypeIds: [aVolumeType().id],
    createdAt,
    updatedAt: null,
    ...fields,
  };
}

export function aGroupSnapshot(fields: Partial<GroupSnapshotRecord> = {}): GroupSnapshotRecord {
  return {
    id: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb',
    groupId: aGroup().id,
    projectId: project,
    userId: user,
    name: 'monday',
    description: null,
    status: 'available',
    groupTypeId: aGroupType().id,
    createdAt,
    updatedAt: null,
    ...fields,
  };
}
