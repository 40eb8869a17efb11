import { type GroupSnapshotRecord, groupSnapshotStatuses } from '@cinder-flasharray/store';
import { operations, usageByProject } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { chargeQuota } from '../quotas/reserve-quota.ts';
import { invalidGroup, invalidGroupSnapshot, invalidInput } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { groupFor } from '../rows/group-for.ts';
import { groupSnapshotFor } from '../rows/group-snapshot-for.ts';
import { newSnapshot } from '../rows/new-snapshot.ts';
import { requireGroupOnCurrentArray, requireRemovableSnapshot } from '../rows/require-on-current-array.ts';
import type { GroupSnapshotOperations } from './group-snapshot-operations.ts';

export function groupSnapshotOperations(dependencies: BlockStorageDependencies): GroupSnapshotOperations {
  const { store, runner, backends } = dependencies;
  return {
    create: (context, request) => createGroupSnapshot(dependencies, context, request),
    get: (context, id) => groupSnapshotFor(store, context, id),
    list: (context, filter, page) =>
      store.groupSnapshots.list(
        filter.projectId === null && !context.isAdmin ? { ...filter, projectId: context.projectId } : filter,
        page,
      ),
    delete: async (context, id) => {
      const work = await store.transaction(async (records) => {
        const before = await groupSnapshotFor(records, context, id);
        const accepted = await records.groupSnapshots.updateWhere(
          id,
          { status: ['available', 'error', 'error_deleting'], unused: true },
          { status: 'deleting' },
        );
        if (!accepted) {
          throw invalidGroupSnapshot(
            `GroupSnapshot status must be "available" or "error", and no Group can be currently using it as source for its creation: it is ${before.status}.`,
          );
        }
        for (const member of await records.snapshots.ofGroupSnapshot(id)) {
          await requireRemovableSnapshot(records, backends, member);
          await records.snapshots.update(member.id, { status: 'deleting' });
        }
        return await runner.accept(records, operations.delete_group_snapshot.of({ groupSnapshotId: id }));
      });
      runner.start(work);
    },
    resetStatus: async (context, id, status) => {
      requireAdmin(context, 'group:reset_group_snapshot_status');
      const word = groupSnapshotStatuses.find((candidate) => candidate === status.toLowerCase());
      if (word === undefined) {
        throw invalidInput(
          `Must specify a valid status: "${status}" is none of ${groupSnapshotStatuses.join(', ')}.`,
        );
      }
      const { status: before } = await groupSnapshotFor(store, context, id);
      if (before === 'creating' && word !== before && !word.startsWith('error')) {
        throw invalidGroupSnapshot(
          `GroupSnapshot ${id} is ${before} and not taken yet: its status can be set to an error only.`,
        );
      }
      await store.groupSnapshots.update(id, { status: word });
    },
  };
}

async function createGroupSnapshot(
  { store, runner, randomUuid }: BlockStorageDependencies,
  context: RequestContext,
  request: Parameters<GroupSnapshotOperations['create']>[1],
): Promise<GroupSnapshotRecord> {
  const { groupSnapshot, work } = await store.transaction(async (records) => {
    const group = await groupFor(records, context, request.groupId);
    const volumes = await records.volumes.ofGroup(group.id);
    if (group.status !== 'available') {
      throw invalidGroup(
        `Group ${group.id} status must be available, but current status is: ${group.status}.`,
      );
    }
    await requireGroupOnCurrentArray(records, group);
    if (volumes.length === 0) {
      throw invalidGroup('Group is empty. No group snapshot will be created.');
    }
    const wrong = volumes.find(({ status }) => status !== 'available' && status !== 'in-use');
    if (wrong !== undefined) {
      throw new BlockStorageError(
        'invalid-volume',
        `Invalid volume: The snapshot cannot be created when volume ${wrong.id} of the group is ${wrong.status}.`,
      );
    }
    const made = await records.groupSnapshots.insert({
      id: randomUuid(),
      groupId: group.id,
      projectId: context.projectId,
      userId: context.userId,
      name: request.name,
      description: request.description,
      status: 'creating',
      groupTypeId: group.groupTypeId,
    });
    const counted = volumes.map((volume) => ({
      ...volume,
      useQuota: true,
      usage: { snapshots: 1, gigabytes: volume.size },
    }));
    for (const [projectId, deltas] of await usageByProject(records, counted)) {
      await chargeQuota(records, projectId, deltas);
    }
    for (const volume of volumes) {
      await records.snapshots.insert(
        newSnapshot(context, volume, {
          id: randomUuid(),
          groupSnapshotId: made.id,
          displayName: request.name,
          displayDescription: request.description,
          metadata: {},
        }),
      );
    }
    return {
      groupSnapshot: made,
      work: await runner.accept(records, operations.create_group_snapshot.of({ groupSnapshotId: made.id })),
    };
  });
  runner.start(work);
  return groupSnapshot;
}
