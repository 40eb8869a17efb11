import { snapshotStatuses } from '@cinder-flasharray/store';
import { namedType, operations, volumeDeltas } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { chargeQuota } from '../quotas/reserve-quota.ts';
import { checkMetadata } from '../request/check-metadata.ts';
import { invalidInput, invalidSnapshot, invalidVolume } from '../request/refusals.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { newSnapshot } from '../rows/new-snapshot.ts';
import { requireRemovableSnapshot } from '../rows/require-on-current-array.ts';
import { snapshotFor } from '../rows/snapshot-for.ts';
import { volumeFor } from '../rows/volume-for.ts';
import type { SnapshotOperations } from './snapshot-operations.ts';

export function snapshotOperations(dependencies: BlockStorageDependencies): SnapshotOperations {
  const { store, runner, backends, randomUuid } = dependencies;
  return {
    create: async (context, request) => {
      checkMetadata(request.metadata);
      const { snapshot, work } = await store.transaction(async (records) => {
        const volume = await volumeFor(records, context, request.volumeId);
        const statuses = request.force ? (['available', 'in-use'] as const) : (['available'] as const);
        if (!statuses.some((status) => status === volume.status) || volume.host === null) {
          throw invalidVolume(
            `Volume ${volume.id} status must be ${statuses.join(' or ')}, but current status is: ${volume.status}.`,
          );
        }
        const type = await namedType(records, volume.volumeTypeId);
        const deltas = { snapshots: 1, gigabytes: volume.size };
        await chargeQuota(records, volume.projectId, volumeDeltas(type, deltas));
        const inserted = await records.snapshots.insert(
          newSnapshot(context, volume, {
            id: randomUuid(),
            displayName: request.displayName,
            displayDescription: request.displayDescription,
            metadata: request.metadata,
          }),
        );
        await records.workers.set('Snapshot', inserted.id, 'creating', null);
        return {
          snapshot: inserted,
          work: await runner.accept(records, operations.create_snapshot.of({ snapshotId: inserted.id })),
        };
      });
      runner.start(work);
      return snapshot;
    },
    get: (context, id) => snapshotFor(store, context, id),
    list: (context, filter, page) =>
      store.snapshots.list(
        filter.projectId === null && !context.isAdmin ? { ...filter, projectId: context.projectId } : filter,
        page,
      ),
    update: async (context, id, change) => {
      const { metadata, ...details } = change;
      checkMetadata(metadata ?? {});
      return await store.transaction(async (records) => {
        await snapshotFor(records, context, id);
        if (Object.keys(details).length > 0) {
          await records.snapshots.update(id, details);
        }
        if (metadata !== undefined) {
          await records.snapshots.setMetadata(id, metadata, 'replace');
        }
        return await snapshotFor(records, context, id);
      });
    },
    delete: async (context, id, { force }) => {
      if (force) {
        requireAdmin(context, 'volume_extension:snapshot_admin_actions:force_delete');
      }
      const work = await store.transaction(async (records) => {
        const snapshot = await snapshotFor(records, context, id);
        await requireRemovableSnapshot(records, backends, snapshot);
        const managing = snapshot.status === 'error_managing';
        const accepted = await records.snapshots.updateWhere(
          id,
          { status: force ? snapshotStatuses : ['available', 'error', 'error_managing'] },
          { status: managing ? 'unmanaging' : 'deleting' },
        );
        if (!accepted || snapshot.groupSnapshotId !== null) {
          throw invalidSnapshot(
            'Snapshot status must be available or error, and it must not be part of a group: ' +
              `snapshot ${id} is ${snapshot.status}.`,
          );
        }
        // One that could not be taken over is not ours to delete.
        return managing
          ? await runner.accept(records, operations.unmanage_snapshot.of({ snapshotId: id }))
          : await runner.accept(records, operations.delete_snapshot.of({ snapshotId: id }));
      });
      runner.start(work);
    },
    resetStatus: async (context, id, status) => {
      requireAdmin(context, 'volume_extension:snapshot_admin_actions:reset_status');
      const word = snapshotStatuses.find((candidate) => candidate === status.toLowerCase());
      if (word === undefined) {
        throw invalidInput(
          `Must specify a valid status: "${status}" is none of ${snapshotStatuses.join(', ')}.`,
        );
      }
      const { status: before } = await snapshotFor(store, context, id);
      if (before === 'creating' && word !== before && !word.startsWith('error')) {
        throw invalidSnapshot(
          `Snapshot ${id} is ${before} and not taken yet: its status can be set to an error only.`,
        );
      }
      await store.snapshots.update(id, { status: word });
    },
    setMetadata: async (context, id, metadata, how) => {
      checkMetadata(metadata);
      return await store.transaction(async (records) => {
        await snapshotFor(records, context, id);
        await records.snapshots.setMetadata(id, metadata, how);
        return (await snapshotFor(records, context, id)).metadata;
      });
    },
    deleteMetadata: async (context, id, key) => {
      await snapshotFor(store, context, id);
      if (!(await store.snapshots.deleteMetadata(id, key))) {
        throw new BlockStorageError('key-not-found', `Snapshot ${id} has no metadata with key ${key}.`);
      }
    },
  };
}
