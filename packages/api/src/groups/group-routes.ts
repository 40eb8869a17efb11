import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import { type GroupRecord, groupSortKeys } from '@cinder-flasharray/store';
import { z } from 'zod';
import { actionRoute, collectionActionRoute } from '../http/actions.ts';
import { readObject } from '../http/body.ts';
import { looseBoolean } from '../http/fields.ts';
import { flag, nextLink, pageRequest, refuseUnknownFilters } from '../http/list-query.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { consistencyGroupType, refuseConsistencyGroups } from './consistency-group-type.ts';
import { groupChangeOf, groupFromSourceOf, newGroupOf } from './group-body.ts';
import { groupFilterOf, groupFilters } from './group-filter.ts';
import { groupSummary, groupView } from './group-view.ts';

/** First microversions of groups, of groups from a source, of their reset, and of their volumes. */
const since = 13;
const fromSourceSince = 14;
const resetSince = 20;
const volumesSince = 25;

/** `groups` and their actions, but for the groups of the old API. */
export function groupRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  const { groups, groupSnapshots } = blockStorage;

  const show = async (
    request: ApiRequest,
    group: GroupRecord,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const asked = request.minor >= volumesSince && flag(request.query, 'list_volume');
    return groupView(request, group, asked ? await groups.volumesOf(request.context, group.id) : null);
  };
  const refuseOld = async ({ context }: ApiRequest, groupTypeId: string): Promise<void> =>
    await refuseConsistencyGroups(blockStorage, context, groupTypeId, 'group');
  /** A group that is no consistency group. */
  const groupOf = async (request: ApiRequest, id: string): Promise<GroupRecord> => {
    const group = await groups.get(request.context, id);
    await refuseOld(request, group.groupTypeId);
    return group;
  };

  const list = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    refuseUnknownFilters(request, [...groupFilters, 'list_volume']);
    const page = await groups.list(
      request.context,
      groupFilterOf(request),
      pageRequest(request, groupSortKeys, maxLimit),
    );
    if (page.kind === 'unknown-marker') {
      throw new BlockStorageError(
        'marker-not-found',
        `Group ${request.query.get('marker')} could not be found.`,
      );
    }
    const old = await consistencyGroupType(blockStorage, request.context);
    const shown: unknown[] = [];
    for (const group of page.rows.filter(({ groupTypeId }) => groupTypeId !== old?.id)) {
      shown.push(detail ? await show(request, group) : groupSummary(group));
    }
    const last = page.rows.at(-1);
    return ok({
      groups: shown,
      ...(page.more && last !== undefined ? { group_links: nextLink(request, last.id) } : {}),
    });
  };

  return [
    { method: 'GET', path: '/groups', since, handler: (request) => list(request, false) },
    { method: 'GET', path: '/groups/detail', since, handler: (request) => list(request, true) },
    {
      method: 'POST',
      path: '/groups',
      since,
      handler: async (request) => {
        const asked = newGroupOf(request.body, request.minor);
        await refuseOld(request, asked.groupType);
        return accepted({ group: groupSummary(await groups.create(request.context, asked)) });
      },
    },
    collectionActionRoute(
      'groups',
      {
        'create-from-src': {
          run: async (request, _id, argument) => {
            const asked = groupFromSourceOf(argument, request.minor);
            const source =
              asked.groupSnapshotId === null
                ? await groups.get(request.context, asked.sourceGroupId ?? '')
                : await groupSnapshots.get(request.context, asked.groupSnapshotId);
            await refuseOld(request, source.groupTypeId);
            return accepted({ group: groupSummary(await groups.createFromSource(request.context, asked)) });
          },
        },
      },
      fromSourceSince,
    ),
    {
      method: 'GET',
      path: '/groups/:id',
      since,
      handler: async (request) =>
        ok({ group: await show(request, await groupOf(request, param(request, 'id'))) }),
    },
    {
      method: 'PUT',
      path: '/groups/:id',
      since,
      handler: async (request) => {
        const change = groupChangeOf(request.body, request.minor);
        const { id } = await groupOf(request, param(request, 'id'));
        await groups.update(request.context, id, change);
        return accepted();
      },
    },
    actionRoute(
      'groups',
      {
        delete: {
          run: async (request, id, argument) => {
            const asked = readObject(argument, 'delete', deleteShape, request.minor);
            await groupOf(request, id);
            const deleteVolumes = asked['delete-volumes'] ?? false;
            await groups.delete(request.context, id, { deleteVolumes });
            return accepted();
          },
        },
        reset_status: {
          since: resetSince,
          run: async ({ context, minor }, id, argument) => {
            const { status } = readObject(argument, 'reset_status', { status: z.string() }, minor);
            await groups.resetStatus(context, id, status.toLowerCase());
            return accepted();
          },
        },
      },
      since,
    ),
  ];
}

const deleteShape = { 'delete-volumes': looseBoolean.optional() } as const;
