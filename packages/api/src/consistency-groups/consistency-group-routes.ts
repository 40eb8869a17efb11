import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import { consistencyGroupTypeName, groupSortKeys } from '@cinder-flasharray/store';
import { z } from 'zod';
import { consistencyGroupType } from '../groups/consistency-group-type.ts';
import { type AskedGroupChange, changeOf, groupChangeShape, idsOf } from '../groups/group-body.ts';
import { groupFilterOf, groupFilters } from '../groups/group-filter.ts';
import { groupSummary } from '../groups/group-view.ts';
import { badRequest } from '../http/api-error.ts';
import { availabilityZone, looseBoolean, optionalText } from '../http/fields.ts';
import { nextLink, pageRequest, refuseUnknownFilters } from '../http/list-query.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { consistencyGroupView } from './consistency-group-view.ts';
import { readOldBody, shownName } from './old-body.ts';
import { oldGroups } from './old-groups.ts';

/** From here on a change may empty name and description. */
const blankSince = 6;

const createShape = {
  name: optionalText,
  description: optionalText,
  /** Names or ids with commas between them. */
  volume_types: z.string().nullish(),
  availability_zone: availabilityZone,
} as const;

const sourceShape = {
  name: optionalText,
  description: optionalText,
  cgsnapshot_id: z.string().nullish(),
  source_cgid: z.string().nullish(),
} as const;

/** `consistencygroups`: groups of one group type, in the form they had before groups. */
export function consistencyGroupRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  const { groups } = blockStorage;
  const { groupOf, snapshotOf } = oldGroups(blockStorage, maxLimit);

  const list = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    refuseUnknownFilters(request, groupFilters);
    const type = await consistencyGroupType(blockStorage, request.context);
    if (type === null) {
      return ok({ consistencygroups: [] });
    }
    const page = await groups.list(
      request.context,
      { ...groupFilterOf(request), groupTypeId: type.id },
      pageRequest(request, groupSortKeys, maxLimit),
    );
    if (page.kind === 'unknown-marker') {
      throw new BlockStorageError(
        'marker-not-found',
        `Group ${request.query.get('marker')} could not be found.`,
      );
    }
    const last = page.rows.at(-1);
    return ok({
      consistencygroups: page.rows.map(detail ? consistencyGroupView : groupSummary),
      ...(page.more && last !== undefined ? { consistencygroup_links: nextLink(request, last.id) } : {}),
    });
  };

  return [
    { method: 'GET', path: '/consistencygroups', handler: (request) => list(request, false) },
    { method: 'GET', path: '/consistencygroups/detail', handler: (request) => list(request, true) },
    {
      method: 'POST',
      path: '/consistencygroups',
      handler: async (request) => {
        const asked = readOldBody(request.body, 'consistencygroup', createShape);
        const volumeTypes = idsOf(asked.volume_types);
        if (volumeTypes.length === 0) {
          throw badRequest(
            `volume_types must be provided to create consistency group ${shownName(asked.name)}.`,
          );
        }
        const type = await consistencyGroupType(blockStorage, request.context);
        if (type === null) {
          throw badRequest(
            `Group type ${consistencyGroupTypeName} not found. Rerun migration script to create the default ` +
              'cgsnapshot type.',
          );
        }
        const group = await groups.create(request.context, {
          groupType: type.id,
          volumeTypes,
          name: asked.name ?? null,
          description: asked.description ?? null,
          availabilityZone: asked.availability_zone ?? null,
        });
        return accepted({ consistencygroup: groupSummary(group) });
      },
    },
    {
      method: 'POST',
      path: '/consistencygroups/create_from_src',
      handler: async (request) => {
        const asked = readOldBody(request.body, 'consistencygroup-from-src', sourceShape);
        const [snapshotId, groupId] = [asked.cgsnapshot_id || null, asked.source_cgid || null];
        if (snapshotId === null && groupId === null) {
          throw badRequest(
            "Either 'cgsnapshot_id' or 'source_cgid' must be provided to create consistency group " +
              `${shownName(asked.name)} from source.`,
          );
        }
        if (snapshotId !== null && groupId !== null) {
          throw badRequest(
            "Cannot provide both 'cgsnapshot_id' and 'source_cgid' to create consistency group " +
              `${shownName(asked.name)} from source.`,
          );
        }
        const group = await groups.createFromSource(request.context, {
          groupSnapshotId: snapshotId === null ? null : (await snapshotOf(request, snapshotId)).id,
          sourceGroupId: groupId === null ? null : (await groupOf(request, groupId)).id,
          name: asked.name ?? null,
          description: asked.description ?? null,
        });
        return accepted({ consistencygroup: groupSummary(group) });
      },
    },
    {
      method: 'GET',
      path: '/consistencygroups/:id',
      handler: async (request) =>
        ok({ consistencygroup: consistencyGroupView(await groupOf(request, param(request, 'id'))) }),
    },
    {
      method: 'PUT',
      path: '/consistencygroups/:id/update',
      handler: async (request) => {
        if (request.body === null) {
          throw badRequest('Missing request body.');
        }
        const asked = readOldBody(request.body, 'consistencygroup', groupChangeShape);
        refuseNoChange(asked, request.minor);
        const { id } = await groupOf(request, param(request, 'id'));
        await groups.update(request.context, id, changeOf(asked));
        return accepted();
      },
    },
    {
      method: 'POST',
      path: '/consistencygroups/:id/delete',
      handler: async (request) => {
        const { force = false } =
          request.body === null ? {} : readOldBody(request.body, 'consistencygroup', deleteShape);
        const { id } = await groupOf(request, param(request, 'id'));
        await groups.delete(request.context, id, { deleteVolumes: force, force });
        return accepted();
      },
    },
  ];
}

const deleteShape = { force: looseBoolean.optional() } as const;

function refuseNoChange(asked: AskedGroupChange, minor: number): void {
  const volumes = [asked.add_volumes, asked.remove_volumes].some((ids) => idsOf(ids).length > 0);
  if (minor >= blankSince) {
    if (!volumes && asked.name == null && asked.description == null) {
      throw badRequest(
        'Must specify one or more of the following keys to update: name, description, add_volumes, remove_volumes.',
      );
    }
  } else if (!volumes && !asked.name && !asked.description) {
    throw badRequest(
      'Name, description, add_volumes, and remove_volumes can not be all empty in the request body.',
    );
  }
}
