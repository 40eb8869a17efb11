import {
  type GroupRecord,
  groupStatuses,
  type Records,
  type VolumeRecord,
  type VolumeTypeRecord,
} from '@cinder-flasharray/store';
import { backendHostOf, operations, statusBefore } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import type { BlockStorageError } from '../errors.ts';
import { chargeQuota } from '../quotas/reserve-quota.ts';
import { answerOf } from '../request/answer-of.ts';
import { invalidGroup, invalidInput, invalidVolume } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { groupFor } from '../rows/group-for.ts';
import { groupTypeFor } from '../rows/group-type-for.ts';
import {
  requireGroupOnCurrentArray,
  requireRemovableGroup,
  requireRemovableVolume,
} from '../rows/require-on-current-array.ts';
import { typeFor } from '../rows/type-for.ts';
import { volumeFor } from '../rows/volume-for.ts';
import { chooseBackend } from '../scheduling/choose-backend.ts';
import { disabledHosts } from '../scheduling/disabled-hosts.ts';
import { requireBackendUp } from '../scheduling/require-backend-up.ts';
import { createGroupFromSource } from './create-from-source.ts';
import { emptyGroup } from './empty-group.ts';
import type { GroupOperations } from './group-operations.ts';

type Create = Parameters<GroupOperations['create']>[1];
type Change = Parameters<GroupOperations['update']>[2];

export function groupOperations(dependencies: BlockStorageDependencies): GroupOperations {
  const { store } = dependencies;
  return {
    create: (context, request) => createGroup(dependencies, context, request),
    createFromSource: (context, request) => createGroupFromSource(dependencies, context, request),
    get: (context, id) => groupFor(store, context, id),
    list: (context, filter, page) =>
      store.groups.list(
        filter.projectId === null && !context.isAdmin ? { ...filter, projectId: context.projectId } : filter,
        page,
      ),
    volumesOf: async (context, id) => {
      await groupFor(store, context, id);
      return (await store.volumes.ofGroup(id)).map((volume) => volume.id);
    },
    update: (context, id, change) => updateGroup(dependencies, context, id, change),
    delete: (context, id, options) => deleteGroup(dependencies, context, id, options),
    resetStatus: async (context, id, status) => {
      requireAdmin(context, 'group:reset_group_status');
      const word = groupStatuses.find((candidate) => candidate === status.toLowerCase());
      if (word === undefined) {
        throw invalidInput(
          `Must specify a valid status: "${status}" is none of ${groupStatuses.join(', ')}.`,
        );
      }
      const { status: before } = await groupFor(store, context, id);
      if (before === 'creating' && word !== before && !word.startsWith('error')) {
        throw invalidGroup(
          `Group ${id} is ${before} and not made yet: its status can be set to an error only.`,
        );
      }
      await store.groups.update(id, { status: word });
    },
  };
}

/** Without a back end that can serve every type, the group is accepted and ends in `error`, as a volume would. */
async function createGroup(
  dependencies: BlockStorageDependencies,
  context: RequestContext,
  request: Create,
): Promise<GroupRecord> {
  const { store, runner, backends, config, randomUuid, logger } = dependencies;
  if (request.volumeTypes.length === 0) {
    throw invalidInput('volume_types must be provided to create group.');
  }
  const zone = request.availabilityZone ?? config.defaultAvailabilityZone ?? config.storageAvailabilityZone;
  if (zone !== config.storageAvailabilityZone) {
    throw invalidInput(`Availability zone '${zone}' is invalid.`);
  }
  await answerOf(backends.tried());
  const { group, work } = await store.transaction(async (records) => {
    const groupType = await groupTypeFor(records, context, request.groupType);
    const types = await inOrder(request.volumeTypes, (name) => typeFor(records, context, name));
    const placement = {
      size: 0,
      extraSpecs: [groupType.groupSpecs, ...types.map((type) => type.extraSpecs)],
      onlyHost: null,
    };
    const disabled = await disabledHosts(records);
    const backend = chooseBackend(backends.reports(), disabled, placement);
    if (backend === null) {
      requireBackendUp(backends.reports(), disabled, context, placement);
    }
    await reserveGroup(records, context.projectId);
    const made = await records.groups.insert({
      ...emptyGroup(context),
      id: randomUuid(),
      host: backend?.pool ?? null,
      availabilityZone: zone,
      name: request.name,
      description: request.description,
      groupTypeId: groupType.id,
      status: backend === null ? 'error' : 'creating',
      volumeTypeIds: [...new Set(types.map((type) => type.id))],
    });
    return {
      group: made,
      work:
        backend === null
          ? null
          : await runner.accept(records, operations.create_group.of({ groupId: made.id })),
    };
  });
  if (work === null) {
    logger.error({ group: group.id, request: context.requestId }, 'no back end can take the group');
  } else {
    runner.start(work);
  }
  return group;
}

/** A group counts against `groups`. @throws BlockStorageError `over-quota` */
export async function reserveGroup(records: Records, projectId: string): Promise<void> {
  await chargeQuota(records, projectId, { groups: 1 });
}

async function updateGroup(
  { store, runner }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  change: Change,
): Promise<GroupRecord> {
  const { addVolumes = [], removeVolumes = [], ...details } = change;
  const both = addVolumes.find((volume) => removeVolumes.includes(volume));
  if (both !== undefined) {
    throw invalidVolume(`Volume ${both} is in both add and remove volumes list.`);
  }
  const { group, work } = await store.transaction(async (records) => {
    const before = await groupFor(records, context, id);
    if (Object.keys(details).length > 0) {
      await records.groups.update(id, details);
    }
    if (addVolumes.length === 0 && removeVolumes.length === 0) {
      if (Object.keys(details).length === 0) {
        throw invalidGroup(
          `Cannot update group ${id} because no valid name, description, add_volumes, or remove_volumes were provided.`,
        );
      }
      return { group: await groupFor(records, context, id), work: null };
    }
    await requireGroupOnCurrentArray(records, before);
    for (const volumeId of addVolumes) {
      checkAddable(before, await volumeFor(records, context, volumeId), context);
    }
    for (const volumeId of removeVolumes) {
      checkRemovable(before, await volumeFor(records, context, volumeId));
    }
    const accepted = await records.groups.updateWhere(
      id,
      { status: ['available'], withoutGroupSnapshots: true },
      { status: 'updating' },
    );
    if (!accepted) {
      throw invalidGroup(
        `Group status must be available, and it must have no group snapshots: group ${id} is ${before.status}.`,
      );
    }
    // Claimed for this group from now on: no other takes it, and nobody deletes it meanwhile.
    for (const volumeId of addVolumes) {
      if (!(await records.volumes.updateWhere(volumeId, { withoutGroup: true }, { groupId: id }))) {
        throw invalidVolume(`Volume ${volumeId} has been put into another group meanwhile.`);
      }
    }
    return {
      group: await groupFor(records, context, id),
      work: await runner.accept(
        records,
        operations.update_group.of({ groupId: id, add: [...addVolumes], remove: [...removeVolumes] }),
      ),
    };
  });
  if (work !== null) {
    runner.start(work);
  }
  return group;
}

function checkAddable(group: GroupRecord, volume: VolumeRecord, context: RequestContext): void {
  const refuse = (reason: string): BlockStorageError =>
    invalidVolume(`Cannot add volume ${volume.id} to group ${group.id} because ${reason}`);
  if (volume.groupId !== null) {
    throw refuse(`it is already in group ${volume.groupId}.`);
  }
  if (volume.projectId !== group.projectId && !context.isAdmin) {
    throw refuse('it belongs to another project.');
  }
  if (!group.volumeTypeIds.includes(volume.volumeTypeId)) {
    throw refuse(`volume type ${volume.volumeTypeId} is not supported by the group.`);
  }
  if (volume.status !== 'available' && volume.status !== 'in-use') {
    throw refuse(
      `volume is in an invalid state: ${volume.status}. Valid states are: ('available', 'in-use').`,
    );
  }
  if (
    volume.host === null ||
    group.host === null ||
    backendHostOf(volume.host) !== backendHostOf(group.host)
  ) {
    throw refuse('volume has a different host from the group.');
  }
}

function checkRemovable(group: GroupRecord, volume: VolumeRecord): void {
  if (volume.groupId !== group.id) {
    throw invalidVolume(
      `Cannot remove volume ${volume.id} from group ${group.id} because it is not in the group.`,
    );
  }
  if (!['available', 'in-use', 'error', 'error_deleting'].includes(volume.status)) {
    throw invalidVolume(
      `Cannot remove volume ${volume.id} from group ${group.id} because volume is in an invalid state: ${volume.status}.`,
    );
  }
}

async function deleteGroup(
  { store, runner, backends }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  { deleteVolumes, force = false }: { readonly deleteVolumes: boolean; readonly force?: boolean },
): Promise<void> {
  const work = await store.transaction(async (records) => {
    const before = await groupFor(records, context, id);
    const volumes = await records.volumes.ofGroup(id);
    if (volumes.length > 0 && !deleteVolumes) {
      throw invalidGroup(
        `Group ${id} still contains volumes. The delete-volumes flag is required to delete it.`,
      );
    }
    const accepted = await records.groups.updateWhere(
      id,
      { ...(force ? {} : { status: ['available', 'error'] }), withoutGroupSnapshots: true },
      { status: 'deleting' },
    );
    if (!accepted) {
      throw invalidGroup(
        `Group status must be available or error, and it must have no group snapshots: group ${id} is ${before.status}.`,
      );
    }
    // Where its volumes are, it is; one that was placed nowhere says nothing.
    if (volumes.every(({ host }) => host === null)) {
      await requireRemovableGroup(records, backends, before);
    }
    for (const volume of volumes) {
      await requireRemovableVolume(records, backends, volume);
      const taken = await records.volumes.updateWhere(
        volume.id,
        {
          status: ['available', 'error', 'error_deleting', 'error_extending', 'error_restoring'],
          withoutAttachments: true,
          withoutSnapshots: true,
          notMigrating: true,
        },
        { status: 'deleting', previousStatus: statusBefore(volume) },
      );
      if (!taken) {
        throw invalidVolume(
          `Volume ${volume.id} in group ${id} is ${volume.status}, attached, or has snapshots, and cannot be deleted.`,
        );
      }
    }
    return await runner.accept(records, operations.delete_group.of({ groupId: id }));
  });
  runner.start(work);
}

/** One after the other, so that the first that is refused is the first that was asked for. */
async function inOrder(
  names: readonly string[],
  read: (name: string) => Promise<VolumeTypeRecord>,
): Promise<readonly VolumeTypeRecord[]> {
  const found: VolumeTypeRecord[] = [];
  for (const name of names) {
    found.push(await read(name));
  }
  return found;
}
