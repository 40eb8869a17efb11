import type { GroupRecord, NewVolume, Records } from '@cinder-flasharray/store';
import {
  type Backends,
  backendHostOf,
  isInService,
  operations,
  saysTrue,
  usageByProject,
} from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { chargeQuota } from '../quotas/reserve-quota.ts';
import { invalidGroup, invalidInput } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { groupFor } from '../rows/group-for.ts';
import { groupSnapshotFor } from '../rows/group-snapshot-for.ts';
import {
  requireGroupOnCurrentArray,
  requireSnapshotOnCurrentArray,
} from '../rows/require-on-current-array.ts';
import { satisfiesSpecs } from '../scheduling/extra-specs.ts';
import { emptyGroup } from './empty-group.ts';
import type { GroupOperations } from './group-operations.ts';
import { memberCopy } from './member-copy.ts';

type Request = Parameters<GroupOperations['createFromSource']>[1];

/** What the new group is like, and its volumes to be. */
interface Source {
  readonly group: GroupRecord;
  readonly copies: readonly NewVolume[];
}

/** The group and all its volumes are recorded at once; each volume says what it is to be made of. */
export async function createGroupFromSource(
  { store, runner, backends, randomUuid }: BlockStorageDependencies,
  context: RequestContext,
  request: Request,
): Promise<GroupRecord> {
  if ((request.groupSnapshotId === null) === (request.sourceGroupId === null)) {
    throw invalidInput('Either group_snapshot_id or source_group_id must be provided, and not both.');
  }
  const { group, work } = await store.transaction(async (records) => {
    const id = randomUuid();
    const source =
      request.groupSnapshotId === null
        ? await fromGroup(records, context, request.sourceGroupId ?? '', id, randomUuid)
        : await fromGroupSnapshot(records, context, request.groupSnapshotId, id, randomUuid);
    await requireReplicable(records, backends, source);
    await reserve(records, context.projectId, source.copies);
    const made = await records.groups.insert({
      ...emptyGroup(context),
      id,
      host: source.group.host,
      availabilityZone: source.group.availabilityZone,
      name: request.name,
      description: request.description,
      groupTypeId: source.group.groupTypeId,
      status: 'creating',
      groupSnapshotId: request.groupSnapshotId,
      sourceGroupId: request.sourceGroupId,
      volumeTypeIds: source.group.volumeTypeIds,
    });
    for (const copy of source.copies) {
      await records.volumes.insert(copy);
    }
    return {
      group: made,
      work: await runner.accept(records, operations.create_group_from_src.of({ groupId: id })),
    };
  });
  runner.start(work);
  return group;
}

/**
 * The copies have the replication of their sources' types. Where the back end has failed over to it may have none of it.
 * @throws BlockStorageError `invalid-group`
 */
async function requireReplicable(
  records: Records,
  backends: Backends,
  { group, copies }: Source,
): Promise<void> {
  const report = backends.reports().find(({ host }) => host === backendHostOf(group.host ?? ''));
  const capabilities = report?.capabilities ?? null;
  if (report === undefined || capabilities === null || !isInService(report.condition)) {
    return;
  }
  for (const id of new Set(copies.flatMap(({ volumeTypeId }) => volumeTypeId ?? []))) {
    const type = await records.volumeTypes.get(id);
    const { replication_enabled: enabled, replication_type: kind } = type?.extraSpecs ?? {};
    if (enabled === undefined || !saysTrue(enabled)) {
      continue;
    }
    const asked = { replication_enabled: enabled, ...(kind === undefined ? {} : { replication_type: kind }) };
    if (!satisfiesSpecs(capabilities, asked)) {
      throw invalidGroup(
        `Volume type ${type?.name} of group ${group.id} asks for replication that ${report.host} does not give on the array that it works on.`,
      );
    }
  }
}

async function fromGroup(
  records: Records,
  context: RequestContext,
  sourceId: string,
  groupId: string,
  randomUuid: () => string,
): Promise<Source> {
  const group = await groupFor(records, context, sourceId);
  const volumes = await records.volumes.ofGroup(sourceId);
  if (group.status !== 'available') {
    throw invalidGroup(`Source group ${sourceId} status must be available, but is ${group.status}.`);
  }
  await requireGroupOnCurrentArray(records, group);
  if (volumes.length === 0) {
    throw invalidGroup(`Source Group is empty. No group will be created.`);
  }
  const wrong = volumes.find(({ status }) => status !== 'available' && status !== 'in-use');
  if (wrong !== undefined) {
    throw invalidGroup(`Volume ${wrong.id} of source group ${sourceId} is ${wrong.status}.`);
  }
  return {
    group,
    copies: volumes.map((volume) =>
      memberCopy(context, volume, {
        id: randomUuid(),
        size: volume.size,
        groupId,
        snapshotId: null,
        sourceVolid: volume.id,
      }),
    ),
  };
}

async function fromGroupSnapshot(
  records: Records,
  context: RequestContext,
  snapshotId: string,
  groupId: string,
  randomUuid: () => string,
): Promise<Source> {
  const groupSnapshot = await groupSnapshotFor(records, context, snapshotId);
  const group = await groupFor(records, context, groupSnapshot.groupId);
  const members = await records.snapshots.ofGroupSnapshot(snapshotId);
  if (groupSnapshot.status !== 'available') {
    throw new BlockStorageError(
      'invalid-group-snapshot',
      `Invalid GroupSnapshot: Group snapshot ${snapshotId} status must be available, but is ${groupSnapshot.status}.`,
    );
  }
  if (members.length === 0) {
    throw new BlockStorageError(
      'invalid-group-snapshot',
      'Invalid GroupSnapshot: Group snapshot is empty. No group will be created.',
    );
  }
  const volumes = await records.volumes.ofIds(members.map(({ volumeId }) => volumeId));
  const copies: NewVolume[] = [];
  for (const member of members) {
    await requireSnapshotOnCurrentArray(records, member);
    const volume = volumes.find(({ id }) => id === member.volumeId);
    if (volume !== undefined) {
      copies.push(
        memberCopy(context, volume, {
          id: randomUuid(),
          size: member.volumeSize,
          groupId,
          snapshotId: member.id,
          sourceVolid: null,
        }),
      );
    }
  }
  return { group, copies };
}

/** All at once: the group, and every volume with its type's own quota. */
async function reserve(records: Records, projectId: string, copies: readonly NewVolume[]): Promise<void> {
  const counted = copies.map((copy) => ({ ...copy, usage: { volumes: 1, gigabytes: copy.size } }));
  const deltas = (await usageByProject(records, counted)).get(projectId);
  await chargeQuota(records, projectId, { groups: 1, ...deltas });
}
