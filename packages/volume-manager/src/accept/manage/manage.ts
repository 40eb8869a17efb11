import type { NewVolume, SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import type { BackendReport } from '../../backends/backend-report.ts';
import { saysTrue } from '../../boolean-spec.ts';
import { BlockStorageError } from '../../errors.ts';
import { backendHostOf } from '../../rows/backend-host.ts';
import { volumeDeltas } from '../../rows/usage.ts';
import {
  type AcceptDependencies,
  checkMetadata,
  invalidInput,
  invalidSnapshot,
  invalidVolume,
  requireAdmin,
  snapshotFor,
  volumeFor,
} from '../accept-dependencies.ts';
import { reserveQuota } from '../quotas.ts';
import type { RequestContext } from '../request-context.ts';
import { satisfiesSpecs } from '../scheduling/extra-specs.ts';
import { typeFor } from '../volume-types/volume-types.ts';
import type { ManageOperations } from './manage-operations.ts';

export function manageOperations(dependencies: AcceptDependencies): ManageOperations {
  const { perform } = dependencies;
  return {
    manageableVolumes: (context, host, page) => {
      requireAdmin(context, 'volume_extension:list_manageable');
      return perform.getManageableVolumes(backendHostOf(host), page);
    },
    manageableSnapshots: (context, host, page) => {
      requireAdmin(context, 'snapshot_extension:list_manageable');
      return perform.getManageableSnapshots(backendHostOf(host), page);
    },
    manageVolume: (context, request) => manageVolume(dependencies, context, request),
    manageSnapshot: (context, request) => manageSnapshot(dependencies, context, request),
    unmanageVolume: (context, id) => unmanageVolume(dependencies, context, id),
    unmanageSnapshot: (context, id) => unmanageSnapshot(dependencies, context, id),
  };
}

/** @throws BlockStorageError `unknown` when no back end is at the host; `backend-unavailable` */
export function reportFor(
  { backends }: AcceptDependencies,
  host: string,
  unknown = new BlockStorageError('service-not-found', `Service ${host} could not be found.`),
): BackendReport {
  const report = backends.reports().find((candidate) => candidate.host === backendHostOf(host));
  if (report === undefined) {
    throw unknown;
  }
  if (!report.initialized || report.capabilities === null) {
    throw new BlockStorageError(
      'backend-unavailable',
      `Service is unavailable at this time: ${report.host}.`,
    );
  }
  return report;
}

/** The size is not known yet: the volume counts, its GiB do when the array has told them. */
async function manageVolume(
  dependencies: AcceptDependencies,
  context: RequestContext,
  request: Parameters<ManageOperations['manageVolume']>[1],
): Promise<VolumeRecord> {
  const { store, perform, background, config, clock, randomUuid } = dependencies;
  requireAdmin(context, 'volume_extension:volume_manage');
  checkMetadata(request.metadata);
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
    await records.quotas.commit(
      await reserveQuota(records, context.projectId, volumeDeltas(type, { volumes: 1 })),
    );
    const row: NewVolume = {
      id: randomUuid(),
      nameId: null,
      projectId: context.projectId,
      userId: context.userId,
      host: report.pool,
      size: 0,
      availabilityZone: request.availabilityZone ?? config.storageAvailabilityZone,
      status: 'managing',
      previousStatus: null,
      attachStatus: 'detached',
      migrationStatus: null,
      replicationStatus: null,
      displayName: request.displayName,
      displayDescription: request.displayDescription,
      snapshotId: null,
      sourceVolid: null,
      volumeTypeId: type.id,
      bootable: request.bootable,
      encryptionKeyId: null,
      consistencygroupId: null,
      groupId: null,
      providerId: null,
      multiattach: saysTrue(type.extraSpecs.multiattach),
      clusterName: null,
      serviceUuid: report.serviceUuid,
      sharedTargets: true,
      useQuota: true,
      scheduledAt: new Date(clock.now()),
      launchedAt: null,
      metadata: request.metadata,
    };
    const made = await records.volumes.insert(row);
    return {
      volume: made,
      work: await perform.journal(records, {
        operation: 'manage_existing',
        volumeId: made.id,
        reference: request.reference,
      }),
    };
  });
  background.run('manage_existing', () => perform.manageExisting(work));
  return volume;
}

async function manageSnapshot(
  { store, perform, background, randomUuid }: AcceptDependencies,
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
    const type = await records.volumeTypes.get(volume.volumeTypeId);
    const deltas = { snapshots: 1, gigabytes: volume.size };
    await records.quotas.commit(await reserveQuota(records, volume.projectId, volumeDeltas(type, deltas)));
    const made = await records.snapshots.insert({
      id: randomUuid(),
      volumeId: volume.id,
      projectId: volume.projectId,
      userId: context.userId,
      status: 'creating',
      progress: '0%',
      volumeSize: volume.size,
      displayName: request.displayName,
      displayDescription: request.displayDescription,
      providerId: null,
      volumeTypeId: volume.volumeTypeId,
      groupSnapshotId: null,
      cgsnapshotId: null,
      useQuota: true,
      metadata: request.metadata,
    });
    return {
      snapshot: made,
      work: await perform.journal(records, {
        operation: 'manage_existing_snapshot',
        snapshotId: made.id,
        reference: request.reference,
      }),
    };
  });
  background.run('manage_existing_snapshot', () => perform.manageExistingSnapshot(work));
  return snapshot;
}

async function unmanageVolume(
  { store, perform, background }: AcceptDependencies,
  context: RequestContext,
  id: string,
): Promise<void> {
  requireAdmin(context, 'volume_extension:volume_unmanage');
  const work = await store.transaction(async (records) => {
    const volume = await volumeFor(records, context, id);
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
      { status: 'unmanaging', previousStatus: volume.status },
    );
    if (!accepted) {
      throw invalidVolume(
        `Volume ${id} cannot be unmanaged: its status must be available or error, it must not be attached, migrating or in a group, and must have no snapshots; it is ${volume.status}.`,
      );
    }
    return await perform.journal(records, { operation: 'unmanage_volume', volumeId: id });
  });
  background.run('unmanage_volume', () => perform.unmanageVolume(work));
}

async function unmanageSnapshot(
  { store, perform, background }: AcceptDependencies,
  context: RequestContext,
  id: string,
): Promise<void> {
  requireAdmin(context, 'snapshot_extension:snapshot_unmanage');
  const work = await store.transaction(async (records) => {
    const snapshot = await snapshotFor(records, context, id);
    if (snapshot.groupSnapshotId !== null) {
      throw invalidSnapshot(`Snapshot ${id} is part of a group snapshot and cannot be unmanaged by itself.`);
    }
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
    return await perform.journal(records, { operation: 'unmanage_snapshot', snapshotId: id });
  });
  background.run('unmanage_snapshot', () => perform.unmanageSnapshot(work));
}
