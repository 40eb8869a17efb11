import {
  attachStatuses,
  type Metadata,
  type Records,
  type SnapshotRecord,
  type VolumeRecord,
  volumeStatuses,
} from '@cinder-flasharray/store';
import { namedType, operations, statusBefore, volumeDeltas } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { checkVolumeSize, reserveQuota } from '../quotas/reserve-quota.ts';
import { checkMetadata } from '../request/check-metadata.ts';
import type { DetailChange } from '../request/detail-change.ts';
import { invalidInput, invalidVolume } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { snapshotFor } from '../rows/snapshot-for.ts';
import { volumeFor } from '../rows/volume-for.ts';

const largestSize = 4 * 1024 * 1024;

export async function extendVolume(
  dependencies: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  newSize: number,
  { online }: { readonly online: boolean },
): Promise<void> {
  const { store, runner } = dependencies;
  const work = await store.transaction(async (records) => {
    const volume = await volumeFor(records, context, id);
    const statuses = online ? (['available', 'in-use'] as const) : (['available'] as const);
    if (!statuses.some((status) => status === volume.status)) {
      throw invalidVolume(
        `Volume ${id} status must be '${statuses.join(' or ')}' to extend, currently ${volume.status}.`,
      );
    }
    if (!Number.isInteger(newSize) || newSize <= volume.size) {
      throw invalidInput(
        `New size for extend must be greater than current size. (current: ${volume.size}, extended: ${newSize}).`,
      );
    }
    if (newSize > largestSize) {
      throw invalidInput(
        `New size ${newSize} must be at most ${largestSize} GiB, the largest volume of the array.`,
      );
    }
    await checkVolumeSize(records, volume.projectId, newSize);
    const type = await namedType(records, volume.volumeTypeId);
    const growth = { gigabytes: newSize - volume.size };
    const reservation = await reserveQuota(records, volume.projectId, volumeDeltas(type, growth));
    const accepted = await records.volumes.updateWhere(
      id,
      { status: statuses, size: { operator: 'lt', value: newSize }, notMigrating: true },
      { status: 'extending', previousStatus: statusBefore(volume) },
    );
    if (!accepted) {
      throw invalidVolume(`Volume ${id} has changed meanwhile and cannot be extended.`);
    }
    const { volumeTypeId } = volume;
    return await runner.accept(
      records,
      operations.extend_volume.of({ volumeId: id, newSize, volumeTypeId, reservation }),
    );
  });
  runner.start(work);
}

/** Only to the latest snapshot, and only when the volume still has the size it had then. */
export async function revertVolume(
  dependencies: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  snapshotId: string,
): Promise<void> {
  const { store, runner } = dependencies;
  const work = await store.transaction(async (records) => {
    const volume = await volumeFor(records, context, id);
    const snapshot = await snapshotFor(records, context, snapshotId);
    const latest = await latestHere(records, id);
    if (latest?.id !== snapshotId) {
      throw invalidInput(
        `Specified snapshot ${snapshotId} is not the latest snapshot of volume ${id}: only the latest can be reverted to.`,
      );
    }
    if (snapshot.volumeSize !== volume.size) {
      throw invalidInput(
        `Can't revert volume ${id} to its latest snapshot ${snapshotId}. The volume size must be equal to the snapshot size.`,
      );
    }
    const reverting = await records.volumes.updateWhere(
      id,
      { status: ['available'], notMigrating: true, withoutAttachments: true },
      { status: 'reverting', previousStatus: statusBefore(volume) },
    );
    if (!reverting) {
      throw invalidVolume(
        `Can't revert volume ${id} to its latest snapshot. The volume status must be "available".`,
      );
    }
    const restoring = await records.snapshots.updateWhere(
      snapshotId,
      { status: ['available'] },
      { status: 'restoring' },
    );
    if (!restoring) {
      throw invalidVolume(
        `Can't revert volume ${id} to its latest snapshot. The snapshot status must be "available".`,
      );
    }
    return await runner.accept(records, operations.revert_to_snapshot.of({ volumeId: id, snapshotId }));
  });
  runner.start(work);
}

export async function updateVolume(
  { store }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  change: DetailChange,
): Promise<VolumeRecord> {
  const { metadata, ...details } = change;
  checkMetadata(metadata ?? {});
  return await store.transaction(async (records) => {
    await volumeFor(records, context, id);
    if (Object.keys(details).length > 0) {
      await records.volumes.update(id, details);
    }
    if (metadata !== undefined) {
      await records.volumes.setMetadata(id, metadata, 'replace');
    }
    return await volumeFor(records, context, id);
  });
}

/** @returns all metadata afterwards */
export async function setVolumeMetadata(
  { store }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  metadata: Metadata,
  how: 'merge' | 'replace',
): Promise<Metadata> {
  checkMetadata(metadata);
  return await store.transaction(async (records) => {
    await volumeFor(records, context, id);
    await records.volumes.setMetadata(id, metadata, how);
    return (await volumeFor(records, context, id)).metadata;
  });
}

export async function deleteVolumeMetadata(
  { store }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  key: string,
): Promise<void> {
  await store.transaction(async (records) => {
    await volumeFor(records, context, id);
    if (!(await records.volumes.deleteMetadata(id, key))) {
      throw new BlockStorageError('key-not-found', `Volume ${id} has no metadata with key ${key}.`);
    }
  });
}

/**
 * A repair by hand: the words are checked, the array is not asked. A move between containers that loses its volume by
 * that is ended, once it has stopped.
 */
export async function resetVolumeStatus(
  { store, runner }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  change: {
    readonly status: string | null;
    readonly attachStatus: string | null;
    readonly migrationStatus: string | null;
  },
): Promise<void> {
  requireAdmin(context, 'volume_extension:volume_admin_actions:reset_status');
  const status = oneOf('status', volumeStatuses, change.status);
  const attachStatus = oneOf('attach_status', attachStatuses, change.attachStatus);
  const work = await store.transaction(async (records) => {
    const { status: before } = await volumeFor(records, context, id);
    const isOther = status !== null && status !== before;
    if ((before === 'creating' || before === 'managing') && isOther && !status.startsWith('error')) {
      throw invalidVolume(
        `Volume ${id} is ${before} and not made or taken over yet: its status can be set to an error only.`,
      );
    }
    const isMoving = before === 'retyping' || before === 'managing';
    const isTaken = isMoving && isOther;
    await records.volumes.update(id, {
      ...(status === null ? {} : { status }),
      ...(isTaken ? { previousStatus: before } : {}),
      ...(attachStatus === null ? {} : { attachStatus }),
      ...(change.migrationStatus === null
        ? {}
        : { migrationStatus: change.migrationStatus === 'none' ? null : change.migrationStatus }),
    });
    return isTaken ? await runner.accept(records, operations.settle_volume.of({ volumeId: id })) : null;
  });
  if (work !== null) {
    runner.start(work);
  }
}

function oneOf<Word extends string>(name: string, words: readonly Word[], asked: string | null): Word | null {
  if (asked === null) {
    return null;
  }
  const word = words.find((candidate) => candidate === asked.toLowerCase());
  if (word === undefined) {
    throw invalidInput(`Must specify a valid ${name}: "${asked}" is none of ${words.join(', ')}.`);
  }
  return word;
}

/** Those that a failover has left on another array say nothing of what the volume has here. */
async function latestHere(records: Records, volumeId: string): Promise<SnapshotRecord | undefined> {
  for (const snapshot of await records.snapshots.ofVolume(volumeId)) {
    if ((await records.snapshots.leftBehind(snapshot.id)) === null) {
      return snapshot;
    }
  }
  return undefined;
}
