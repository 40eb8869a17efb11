import type { ServiceView } from '@cinder-flasharray/block-storage';
import type {
  AttachmentRecord,
  MessageRecord,
  ServiceRecord,
  SnapshotRecord,
  VolumeRecord,
  VolumeTypeRecord,
} from '@cinder-flasharray/store';
import { attachStatuses, snapshotStatuses, volumeStatuses } from '@cinder-flasharray/store';
import { z } from 'zod';
import { anAttachment, aSnapshot, aVolume, aVolumeType } from '../support/records.ts';

/**
 * Records as they must have been below an answer of Cinder's: the way back of the views. Fields that the answer does not
 * show are those of the builders.
 */

export const time = z.string().transform((text) => new Date(`${text.slice(0, 23)}Z`));
const timeOrNull = z.union([z.null(), z.literal('').transform(() => null), time]);
export const word = z.string().nullable();
export const metadata = z.record(z.string(), z.string());
const adminKeys = ['readonly', 'attached_mode'];

export const volumeBody = z
  .object({
    id: z.string(),
    status: z.enum(volumeStatuses),
    size: z.number(),
    availability_zone: word,
    created_at: time,
    updated_at: timeOrNull,
    name: word,
    description: word,
    volume_type: z.string(),
    snapshot_id: word,
    source_volid: word,
    metadata,
    user_id: z.string(),
    bootable: z.enum(['true', 'false']),
    replication_status: word,
    consistencygroup_id: word,
    multiattach: z.boolean(),
    attachments: z.array(
      z.object({
        attachment_id: z.string(),
        volume_id: z.string(),
        server_id: word,
        host_name: word,
        device: word,
        attached_at: time,
      }),
    ),
    migration_status: word,
    group_id: word.optional(),
    provider_id: word.optional(),
    shared_targets: z.boolean().nullable().optional(),
    service_uuid: word.optional(),
    cluster_name: word.optional(),
    volume_type_id: z.string().optional(),
    consumes_quota: z.boolean().optional(),
    'os-vol-tenant-attr:tenant_id': z.string().optional(),
    'os-vol-mig-status-attr:name_id': word.optional(),
    'os-vol-host-attr:host': word.optional(),
  })
  .transform((body): { readonly volume: VolumeRecord; readonly type: VolumeTypeRecord } => {
    const type = aVolumeType({
      id: body.volume_type_id ?? aVolumeType().id,
      name: body.volume_type,
    });
    const own = Object.entries(body.metadata);
    return {
      type,
      volume: aVolume({
        id: body.id,
        status: body.status,
        size: body.size,
        availabilityZone: body.availability_zone,
        createdAt: body.created_at,
        updatedAt: body.updated_at,
        displayName: body.name,
        displayDescription: body.description,
        volumeTypeId: type.id,
        snapshotId: body.snapshot_id,
        sourceVolid: body.source_volid,
        metadata: Object.fromEntries(own.filter(([key]) => !adminKeys.includes(key))),
        adminMetadata: Object.fromEntries(own.filter(([key]) => adminKeys.includes(key))),
        userId: body.user_id,
        bootable: body.bootable === 'true',
        replicationStatus: body.replication_status,
        replicationDriverData: null,
        consistencygroupId: body.consistencygroup_id,
        multiattach: body.multiattach,
        attachments: body.attachments.map((attachment) =>
          anAttachment({
            id: attachment.attachment_id,
            volumeId: attachment.volume_id,
            instanceUuid: attachment.server_id,
            attachedHost: attachment.host_name,
            mountpoint: attachment.device,
            attachTime: attachment.attached_at,
          }),
        ),
        migrationStatus: body.migration_status,
        groupId: body.group_id ?? null,
        providerId: body.provider_id ?? null,
        sharedTargets: body.shared_targets ?? null,
        serviceUuid: body.service_uuid ?? null,
        clusterName: body.cluster_name ?? null,
        useQuota: body.consumes_quota ?? true,
        projectId: body['os-vol-tenant-attr:tenant_id'] ?? '',
        nameId: body['os-vol-mig-status-attr:name_id'] ?? null,
        host: body['os-vol-host-attr:host'] ?? null,
      }),
    };
  });

export const volumeSummaryBody = z
  .object({ id: z.string(), name: word })
  .transform(({ id, name }) => aVolume({ id, displayName: name }));

export const snapshotBody = z
  .object({
    id: z.string(),
    created_at: time,
    updated_at: timeOrNull,
    name: word,
    description: word,
    volume_id: z.string(),
    status: z.enum(snapshotStatuses),
    size: z.number(),
    metadata,
    user_id: z.string().optional(),
    'os-extended-snapshot-attributes:project_id': z.string().optional(),
    'os-extended-snapshot-attributes:progress': z.string().optional(),
  })
  .transform(
    (body): SnapshotRecord =>
      aSnapshot({
        id: body.id,
        createdAt: body.created_at,
        updatedAt: body.updated_at,
        displayName: body.name,
        displayDescription: body.description,
        volumeId: body.volume_id,
        status: body.status,
        volumeSize: body.size,
        metadata: body.metadata,
        userId: body.user_id ?? '',
        projectId: body['os-extended-snapshot-attributes:project_id'] ?? '',
        progress: body['os-extended-snapshot-attributes:progress'] ?? null,
      }),
  );

export const attachmentBody = z
  .object({
    id: z.string(),
    status: z.enum(attachStatuses),
    instance: word,
    volume_id: z.string(),
    attached_at: timeOrNull.optional(),
    detached_at: timeOrNull.optional(),
    attach_mode: z.enum(['rw', 'ro', 'null']).optional(),
    connection_info: z.record(z.string(), z.unknown()).optional(),
  })
  .transform(
    (body): AttachmentRecord =>
      anAttachment({
        id: body.id,
        attachStatus: body.status,
        instanceUuid: body.instance,
        volumeId: body.volume_id,
        attachTime: body.attached_at ?? null,
        detachTime: body.detached_at ?? null,
        attachMode: body.attach_mode === 'rw' || body.attach_mode === 'ro' ? body.attach_mode : null,
        connectionInfo: body.connection_info ?? null,
      }),
  );

export const volumeTypeBody = z
  .object({
    id: z.string(),
    name: z.string(),
    is_public: z.boolean(),
    description: word,
    extra_specs: metadata,
    qos_specs_id: word.optional(),
  })
  .transform(
    (body): VolumeTypeRecord =>
      aVolumeType({
        id: body.id,
        name: body.name,
        isPublic: body.is_public,
        description: body.description,
        extraSpecs: body.extra_specs,
        qosSpecsId: body.qos_specs_id ?? null,
        // Made with the database, before all others.
        ...(body.name === '__DEFAULT__' ? { createdAt: new Date('2026-01-01T00:00:00.000Z') } : {}),
      }),
  );

export const serviceBody = z
  .object({
    binary: z.enum(['cinder-volume', 'cinder-scheduler']),
    host: z.string(),
    zone: z.string(),
    status: z.enum(['enabled', 'disabled']),
    state: z.enum(['up', 'down']),
    updated_at: time,
    backend_state: z.enum(['up', 'down']).nullable().optional(),
    cluster: word,
    disabled_reason: word,
    replication_status: word.optional(),
    active_backend_id: word.optional(),
    frozen: z.boolean().optional(),
  })
  .transform(
    (body): ServiceView => ({
      state: body.state,
      backendState: body.backend_state ?? null,
      service: aService({
        binary: body.binary,
        host: body.host,
        availabilityZone: body.zone,
        disabled: body.status === 'disabled',
        updatedAt: body.updated_at,
        clusterName: body.cluster,
        disabledReason: body.disabled_reason,
        replicationStatus: body.replication_status ?? null,
        activeBackendId: body.active_backend_id ?? null,
        frozen: body.frozen ?? false,
      }),
    }),
  );

function aService(fields: Partial<ServiceRecord>): ServiceRecord {
  return {
    id: 1,
    uuid: '77777777-7777-4777-8777-777777777777',
    host: 'node1@array1',
    binary: 'cinder-volume',
    topic: 'cinder-volume',
    reportCount: 1,
    disabled: false,
    disabledReason: null,
    availabilityZone: 'nova',
    replicationStatus: null,
    frozen: false,
    activeBackendId: null,
    clusterName: null,
    createdAt: new Date('2026-03-01T10:20:30.000Z'),
    updatedAt: null,
    ...fields,
  };
}

export const hostBody = z
  .object({
    host_name: z.string(),
    service: z.enum(['cinder-volume', 'cinder-scheduler']),
    zone: z.string(),
    'service-status': z.literal('available'),
    'service-state': z.enum(['enabled', 'disabled']),
    'last-update': time,
  })
  .transform(
    (body): ServiceView => ({
      state: 'up',
      backendState: null,
      service: aService({
        binary: body.service,
        host: body.host_name,
        availabilityZone: body.zone,
        disabled: body['service-state'] === 'disabled',
        updatedAt: body['last-update'],
      }),
    }),
  );

export const messageBody = z
  .object({
    id: z.string(),
    event_id: z.string(),
    created_at: time,
    guaranteed_until: timeOrNull,
    request_id: word,
    resource_type: z.literal('VOLUME'),
    resource_uuid: z.string(),
  })
  .transform((body): MessageRecord => {
    const [actionId = '', detailId = ''] = body.event_id.split('_').slice(-2);
    return {
      id: body.id,
      projectId: '',
      requestId: body.request_id,
      resourceType: body.resource_type,
      resourceUuid: body.resource_uuid,
      eventId: body.event_id,
      actionId,
      detailId,
      messageLevel: 'ERROR',
      createdAt: body.created_at,
      expiresAt: body.guaranteed_until,
    };
  });
