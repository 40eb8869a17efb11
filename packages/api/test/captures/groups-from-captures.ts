import type {
  GroupRecord,
  GroupSnapshotRecord,
  GroupTypeRecord,
  QosSpecsRecord,
} from '@cinder-flasharray/store';
import { groupSnapshotStatuses, groupStatuses, qosConsumers } from '@cinder-flasharray/store';
import { z } from 'zod';
import { aGroup, aGroupSnapshot, aGroupType, someQosSpecs } from '../support/records.ts';
import { metadata, time, word } from './records-from-captures.ts';

/** Records of groups, their types and QoS specs as they must have been below an answer of Cinder's. */

export const qosSpecsBody = z
  .object({ id: z.string(), name: z.string(), consumer: z.enum(qosConsumers), specs: metadata })
  .transform((body): QosSpecsRecord => someQosSpecs(body));

export const groupTypeBody = z
  .object({
    id: z.string(),
    name: z.string(),
    description: word,
    is_public: z.boolean(),
    group_specs: metadata,
  })
  .transform(
    (body): GroupTypeRecord =>
      aGroupType({
        id: body.id,
        name: body.name,
        description: body.description,
        isPublic: body.is_public,
        groupSpecs: body.group_specs,
        // Made with the database, before all others.
        ...(body.name === 'default_cgsnapshot_type'
          ? { createdAt: new Date('2026-01-01T00:00:00.000Z') }
          : {}),
      }),
  );

export const groupBody = z
  .object({
    id: z.string(),
    name: word,
    status: z.enum(groupStatuses).optional(),
    availability_zone: word.optional(),
    created_at: time.optional(),
    description: word.optional(),
    group_type: z.string().optional(),
    volume_types: z.array(z.string()).optional(),
    group_snapshot_id: word.optional(),
    source_group_id: word.optional(),
    replication_status: word.optional(),
    project_id: z.string().optional(),
  })
  .transform((body): GroupRecord => {
    const shown = aGroup({ id: body.id, name: body.name });
    return {
      ...shown,
      status: body.status ?? shown.status,
      availabilityZone: body.availability_zone ?? null,
      createdAt: body.created_at ?? shown.createdAt,
      description: body.description ?? null,
      groupTypeId: body.group_type ?? shown.groupTypeId,
      volumeTypeIds: body.volume_types ?? [],
      groupSnapshotId: body.group_snapshot_id ?? null,
      sourceGroupId: body.source_group_id ?? null,
      replicationStatus: body.replication_status ?? null,
      projectId: body.project_id ?? shown.projectId,
    };
  });

export const groupSnapshotBody = z
  .object({
    id: z.string(),
    group_id: z.string().optional(),
    group_type_id: z.string(),
    status: z.enum(groupSnapshotStatuses).optional(),
    created_at: time.optional(),
    name: word,
    description: word.optional(),
    project_id: z.string().optional(),
  })
  .transform((body): GroupSnapshotRecord => {
    const shown = aGroupSnapshot({ id: body.id, name: body.name, groupTypeId: body.group_type_id });
    return {
      ...shown,
      groupId: body.group_id ?? shown.groupId,
      status: body.status ?? shown.status,
      createdAt: body.created_at ?? shown.createdAt,
      description: body.description ?? null,
      projectId: body.project_id ?? shown.projectId,
    };
  });
