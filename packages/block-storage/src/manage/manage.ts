import type { SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import {
  backendHostOf,
  namedType,
  operations,
  saysTrue,
  statusBefore,
  volumeDeltas,
} from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { chargeQuota } from '../quotas/reserve-quota.ts';
import { answerOf } from '../request/answer-of.ts';
import { checkMetadata } from '../request/check-metadata.ts';
import { invalidInput, invalidSnapshot, invalidVolume } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { newSnapshot } from '../rows/new-snapshot.ts';
import { newVolume } from '../rows/new-volume.ts';
import { requireRemovableSnapshot, requireRemovableVolume } from '../rows/require-on-current-array.ts';
import { snapshotFor } from '../rows/snapshot-for.ts';
import { typeFor } from '../rows/type-for.ts';
import { volumeFor } from '../rows/volume-for.ts';
import { satisfiesSpecs } from '../scheduling/extra-specs.ts';
import { reportFor } from '../scheduling/report-for.ts';
import type { ManageOperations } from './manage-operations.ts';

export function manageOperations(dependencies: BlockStorageDependencies): ManageOperations {
  const { manageable } = dependencies;
  return {
    manageableVolumes: (context, host, page) => {
      requireAdmin(context, 'volume_extension:list_manageable');
      return answerOf(manageable.manageableVolumes(backendHostOf(host), page));
    },
    manageableSnapshots: (context, host, page) => {
      requireAdmin(context, 'snapshot_extension:list_manageable');
      return answerOf(manageable.manageableSnapshots(backendHostOf(host), page));
    },
    manageVolume: (context, request) => manageVolume(dependencies, context, request),
    manageSnapshot: (context, request) => manageSnapshot(dependencies, context, request),
    unmanageVolume: (context, id) => unmanageVolume(dependencies, context, id),
    unmanageSnapshot: (context, id) => unmanageSnapshot(dependencies, context, id),
  };
}

/** The size is not known yet: the volume counts, its GiB do when the array has told them. */
async function manageVolume(
  dependencies: BlockStorageDependencies,
  context: RequestContext,
  request: Parameters<ManageOperations['manageVolume']>[1],
): Promise<VolumeRecord> {
  const { store, runner, config, clock, randomUuid } = dependencies;
  requireAdmin(context, 'volume_extension:volume_manage');
  checkMetadata(request.metadata);
  await answerOf(dependencies.backends.tried());
  const report = reportFor(dependencies, request.host, invalidInput(`Host '${request.host}' not found`));
  if (request.availabilityZone !== null && request.availabilityZone !== config.storageAvailabilityZone) {
    throw invalidInput(`Availability zone '${request.availabilityZone}' is invalid`);
  }
  const { volume, work } = await store.transaction(async (records) => {
    const name = request.volumeType ?? config.defaultVolumeType ?? '__DEFAULT__';
    const type = await typeFor(records, context, name);
    if (!satisfiesSpecs(report.capabilities ?? {}, type.extraSpecs)) {
      throw invalidInput(`Back end ${report.host} cannot serve volume type ${type.name}.`);
    }
    await chargeQuota(records, context.projectId, volumeDeltas(type, { volumes: 1 }));
    const made = await records.volumes.insert(
      newVolume(context, {
        id: randomUuid(),
        host: report.pool,
        size: 0,
        availabilityZone: request.availabilityZone ?? config.storageAvailabilityZone,
        status: 'managing',
        displayName: request.displayName,
        displayDescription: request.displayDescription,
        volumeTypeId: type.id,
        bootable: request.bootable,
        multiattach: saysTrue(type.extraSpecs.multiattach),
        serviceUuid: report.serviceUuid,
        scheduledAt: new Date(clock.now()),
        metadata: request.metadata,
      }),
    );
    return {
      volume: made,
      work: await runner.accept(
        records,
        operations.manage_existing.of({ volumeId: made.id, reference: request.reference }),
      ),
    };
  });
  runner.start(work);
  return volume;
}

async function manageSnapshot(
  { store, runner, randomUuid }: BlockStorageDependencies,
  context: RequestContext,
  request: Parameters<ManageOperations['manageSnapshot']>[1],
): Promise<SnapshotRecord> {
  requireAdmin(context, 'snapshot_extension:snapshot_manage');
  checkMetadata(request.metadata);
  const { snapshot, work } = await store.transaction(async (records) => {
    const volume = await volumeFor(records, context, request.volumeId);
    if (volume.status !== 'available' && volume.status !== 'in-use') {
      throw invalidVolume(`Volume ${volume.id} must be available or in-use, but is ${volume.status}.`);
    }
    const type = await namedType(records, volume.volumeTypeId);
    const deltas = { snapshots: 1, gigabytes: volume.size };
    await chargeQuota(records, volume.projectId, volumeDeltas(type, deltas));
    const made = await records.snapshots.insert(
      newSnapshot(context, volume, {
        id: randomUuid(),
        displayName: request.displayName,
        displayDescription: request.displayDescription,
        metadata: request.metadata,
      }),
    );
    return {
      snapshot: made,
      work: await runner.accept(
        records,
        operations.manage_existing_snapshot.of({ snapshotId: made.id, reference: request.reference }),
      ),
    };
  });
  runner.start(work);
  return snapshot;
}

async function unmanageVolume(
  { store, runner, backends }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
): Promise<void> {
  requireAdmin(context, 'volume_extension:volume_unmanage');
  const work = await store.transaction(async (records) => {
    const volume = await volumeFor(records, context, id);
    await requireRemovableVolume(records, backends, volume);
    const accepted = await records.volumes.updateWhere(
      id,
      {
        status: [
          'available',
          'error',
          'error_restoring',
          'error_extending',
          'error_managing',
          'error_unmanaging',
        ],
        notMigrating: true,
        withoutAttachments: true,
        withoutGroup: true,
        withoutSnapshots: true,
      },
      { status: 'unmanaging', previousStatus: statusBefore(volume) },
    );
    if (!accepted) {
      throw invalidVolume(
        `Volume ${id} cannot be unmanaged: its status must be available or error, it must not be attached, migrating or in a group, and must have no snapshots; it is ${volume.status}.`,
      );
    }
    return await runner.accept(records, operations.unmanage_volume.of({ volumeId: id }));
  });
  runner.start(work);
}

async function unmanageSnapshot(
  { store, runner, backends }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
): Promise<void> {
  requireAdmin(context, 'snapshot_extension:snapshot_unmanage');
  const work = await store.transaction(async (records) => {
    const snapshot = await snapshotFor(records, context, id);
    if (snapshot.groupSnapshotId !== null) {
      throw invalidSnapshot(`Snapshot ${id} is part of a group snapshot and cannot be unmanaged by itself.`);
    }
    await requireRemovableSnapshot(records, backends, snapshot);
    const accepted = await records.snapshots.updateWhere(
      id,
      { status: ['available', 'error', 'error_managing'] },
      { status: 'unmanaging' },
    );
    if (!accepted) {
      throw invalidSnapshot(
        `Snapshot status must be available or error to unmanage it: snapshot ${id} is ${snapshot.status}.`,
      );
    }
    return await runner.accept(records, operations.unmanage_snapshot.of({ snapshotId: id }));
  });
  runner.start(work);
}
