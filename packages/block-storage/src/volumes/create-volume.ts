import type {
  GroupRecord,
  Records,
  SnapshotRecord,
  VolumeRecord,
  VolumeTypeRecord,
} from '@cinder-flasharray/store';
import {
  type BackendReport,
  backendHostOf,
  leaveMessage,
  messageActions,
  messageDetails,
  operations,
  saysTrue,
  volumeDeltas,
} from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { chargeQuota, checkVolumeSize } from '../quotas/reserve-quota.ts';
import { answerOf } from '../request/answer-of.ts';
import { checkMetadata } from '../request/check-metadata.ts';
import { invalidInput, invalidSnapshot, invalidVolume } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { groupFor } from '../rows/group-for.ts';
import { newVolume } from '../rows/new-volume.ts';
import { requireGroupOnCurrentArray } from '../rows/require-on-current-array.ts';
import { snapshotFor } from '../rows/snapshot-for.ts';
import { typeFor } from '../rows/type-for.ts';
import { volumeFor } from '../rows/volume-for.ts';
import { chooseBackend, type Placement } from '../scheduling/choose-backend.ts';
import { disabledHosts } from '../scheduling/disabled-hosts.ts';
import { requireBackendUp } from '../scheduling/require-backend-up.ts';
import type { CreateVolumeRequest } from './volume-operations.ts';

/** GiB; the array's largest volume is 4 PiB (REST 2.26 VolumePost.provisioned). */
const largestSize = 4 * 1024 * 1024;

type Source =
  | { readonly kind: 'none' }
  | { readonly kind: 'snapshot'; readonly snapshot: SnapshotRecord; readonly volume: VolumeRecord }
  | { readonly kind: 'volume'; readonly volume: VolumeRecord };

/**
 * Validates, reserves quota, places and records the volume, all in one transaction, then starts the work. Without a
 * back end that can take it, the volume is accepted and ends in `error` with a message, as in Cinder.
 */
export async function createVolume(
  dependencies: BlockStorageDependencies,
  context: RequestContext,
  request: CreateVolumeRequest,
): Promise<VolumeRecord> {
  const { store, runner, logger } = dependencies;
  checkMetadata(request.metadata);
  await answerOf(dependencies.backends.tried());
  const accepted = await store.transaction(async (records) => {
    const source = await readSource(records, context, request);
    const size = sizeOf(request, source);
    const type = await typeOf(dependencies, records, context, request, source);
    refuseReplication(dependencies, type);
    const group = await groupOf(records, context, request, type, source);
    const availabilityZone = zoneOf(dependencies, request, source);
    await checkVolumeSize(records, context.projectId, size);
    await chargeQuota(records, context.projectId, volumeDeltas(type, { volumes: 1, gigabytes: size }));
    const backend = await place(dependencies, context, records, {
      size,
      extraSpecs: [type.extraSpecs],
      onlyHost: onlyHostOf(group?.host ?? hostOfSource(source)),
    });
    const volume = await records.volumes.insert(
      newVolume(context, {
        id: dependencies.randomUuid(),
        host: backend?.pool ?? null,
        size,
        availabilityZone,
        status: backend === null ? 'error' : 'creating',
        displayName: request.displayName,
        displayDescription: request.displayDescription,
        snapshotId: request.snapshotId,
        sourceVolid: request.sourceVolid,
        groupId: group?.id ?? null,
        volumeTypeId: type.id,
        bootable: source.kind !== 'none' && source.volume.bootable,
        multiattach: saysTrue(type.extraSpecs.multiattach),
        serviceUuid: backend?.serviceUuid ?? null,
        scheduledAt: new Date(dependencies.clock.now()),
        metadata: request.metadata,
      }),
    );
    if (backend === null) {
      await leaveNoBackendMessage(dependencies, records, context, volume);
      return { volume, work: null };
    }
    await records.workers.set('Volume', volume.id, 'creating', null);
    return {
      volume,
      work: await runner.accept(records, operations.create_volume.of({ volumeId: volume.id })),
    };
  });
  const { volume, work } = accepted;
  if (work === null) {
    logger.error({ volume: volume.id, request: context.requestId }, 'no back end can take the volume');
  } else {
    runner.start(work);
  }
  return volume;
}

async function readSource(
  records: Records,
  context: RequestContext,
  request: CreateVolumeRequest,
): Promise<Source> {
  if (request.snapshotId !== null && request.sourceVolid !== null) {
    throw invalidInput('May specify only one of snapshot, imageRef or source volume');
  }
  if (request.snapshotId !== null) {
    const snapshot = await snapshotFor(records, context, request.snapshotId);
    if (snapshot.status !== 'available') {
      throw invalidSnapshot(
        `Originating snapshot status must be one of 'available' values: the snapshot is ${snapshot.status}.`,
      );
    }
    const volume = await records.volumes.get(snapshot.volumeId);
    if (volume === null) {
      throw new BlockStorageError('volume-not-found', `Volume ${snapshot.volumeId} could not be found.`);
    }
    return { kind: 'snapshot', snapshot, volume };
  }
  if (request.sourceVolid !== null) {
    const volume = await volumeFor(records, context, request.sourceVolid);
    if (volume.status !== 'available' && volume.status !== 'in-use') {
      throw invalidVolume(
        `Originating volume status must be one of 'available', 'in-use' values: the volume is ${volume.status}.`,
      );
    }
    return { kind: 'volume', volume };
  }
  return { kind: 'none' };
}

function sizeOf(request: CreateVolumeRequest, source: Source): number {
  const least =
    source.kind === 'snapshot'
      ? source.snapshot.volumeSize
      : source.kind === 'volume'
        ? source.volume.size
        : 1;
  const size = request.size ?? (source.kind === 'none' ? null : least);
  if (size === null || !Number.isInteger(size) || size <= 0) {
    throw invalidInput(`Volume size '${size ?? 'None'}' must be an integer and greater than 0`);
  }
  if (size > largestSize) {
    throw invalidInput(
      `Volume size '${size}' must be at most ${largestSize} GiB, the largest volume of the array`,
    );
  }
  if (size < least) {
    throw invalidInput(
      `Volume size '${size}'GB cannot be smaller than the ${source.kind} size ${least}GB. They must be >= original ${source.kind} size.`,
    );
  }
  return size;
}

async function typeOf(
  dependencies: BlockStorageDependencies,
  records: Records,
  context: RequestContext,
  request: CreateVolumeRequest,
  source: Source,
): Promise<VolumeTypeRecord> {
  if (request.volumeType !== null) {
    return await typeFor(records, context, request.volumeType);
  }
  if (source.kind !== 'none') {
    const own = await records.volumeTypes.get(source.volume.volumeTypeId);
    if (own !== null) {
      return own;
    }
  }
  return await typeFor(records, context, dependencies.config.defaultVolumeType ?? '__DEFAULT__');
}

/** Said at once, so that nobody waits for a volume that no back end can ever replicate. */
function refuseReplication({ backends }: BlockStorageDependencies, type: VolumeTypeRecord): void {
  if (!saysTrue(type.extraSpecs.replication_enabled)) {
    return;
  }
  const isPossible = backends
    .reports()
    .some(({ capabilities }) => capabilities === null || capabilities.replication_enabled === true);
  if (!isPossible) {
    throw invalidInput(
      `Volume type ${type.name} asks for replication (replication_enabled), which no back end of this service has: add a replication_device.`,
    );
  }
}

function zoneOf({ config }: BlockStorageDependencies, request: CreateVolumeRequest, source: Source): string {
  const own = config.storageAvailabilityZone;
  const fromSource = source.kind === 'none' ? null : source.volume.availabilityZone;
  const zone = request.availabilityZone ?? fromSource ?? config.defaultAvailabilityZone ?? own;
  if (zone !== own) {
    throw invalidInput(`Availability zone '${zone}' is invalid`);
  }
  return zone;
}

/** A copy is made where its source is. */
function hostOfSource(source: Source): string | null {
  if (source.kind === 'none') {
    return null;
  }
  if (source.volume.host === null) {
    throw invalidVolume(`Volume ${source.volume.id} is on no back end and cannot be copied.`);
  }
  return source.volume.host;
}

/** @throws BlockStorageError `invalid-group` for a group that is not available, or not for this type or source */
async function groupOf(
  records: Records,
  context: RequestContext,
  request: CreateVolumeRequest,
  type: VolumeTypeRecord,
  source: Source,
): Promise<GroupRecord | null> {
  if (request.groupId === null) {
    return null;
  }
  const group = await groupFor(records, context, request.groupId);
  if (group.status !== 'available' || group.host === null) {
    throw new BlockStorageError(
      'invalid-group',
      `Invalid group: Group ${group.id} status must be available, but current status is: ${group.status}.`,
    );
  }
  await requireGroupOnCurrentArray(records, group);
  if (!group.volumeTypeIds.includes(type.id)) {
    throw invalidInput(
      `Invalid volume_type provided: ${type.name}. The requested volume type is not supported by group ${group.id}.`,
    );
  }
  const from = hostOfSource(source);
  if (from !== null && backendHostOf(from) !== backendHostOf(group.host)) {
    throw invalidInput(`The source is on ${from}, and group ${group.id} is on ${group.host}.`);
  }
  return group;
}

/** @param host `host@backend#pool` that the volume must be on, or null for any */
function onlyHostOf(host: string | null): string | null {
  return host === null ? null : backendHostOf(host);
}

/** @returns null: no back end can ever take it. @throws BlockStorageError `no-backend-up` */
async function place(
  { backends }: BlockStorageDependencies,
  context: RequestContext,
  records: Records,
  placement: Placement,
): Promise<BackendReport | null> {
  const reports = backends.reports();
  const disabled = await disabledHosts(records);
  const chosen = chooseBackend(reports, disabled, placement);
  if (chosen === null) {
    requireBackendUp(reports, disabled, context, placement);
  }
  return chosen;
}

async function leaveNoBackendMessage(
  { clock, randomUuid }: BlockStorageDependencies,
  records: Records,
  context: RequestContext,
  volume: VolumeRecord,
): Promise<void> {
  await leaveMessage(
    records,
    {
      resourceType: 'VOLUME',
      resource: volume,
      action: messageActions.scheduleAllocate,
      detail: messageDetails.notEnoughSpace,
      requestId: context.requestId,
    },
    { now: clock.now(), randomUuid },
  );
}
