import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import {
  type GroupSnapshotFilter,
  type GroupSnapshotRecord,
  groupSnapshotSortKeys,
} from '@cinder-flasharray/store';
import { z } from 'zod';
import { consistencyGroupType, refuseConsistencyGroups } from '../groups/consistency-group-type.ts';
import { actionRoute } from '../http/actions.ts';
import { readBody, readObject } from '../http/body.ts';
import { optionalText, uuid } from '../http/fields.ts';
import {
  nextLink,
  pageRequest,
  projectFilter,
  refuseUnknownFilters,
  textComparison,
} from '../http/list-query.ts';
import { present } from '../http/present.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { groupSnapshotView } from './group-snapshot-view.ts';

/** First microversions of group snapshots, of their reset, and of pages and filters. */
const since = 14;
const resetSince = 19;
const pagesSince = 29;

const filters = ['name', 'status', 'group_id', 'id'];

const createShape = { group_id: uuid, name: optionalText, description: optionalText } as const;

/** `group_snapshots` and their actions, but for the snapshots of the old API. */
export function groupSnapshotRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  const { groups, groupSnapshots } = blockStorage;

  const refuseOld = async ({ context }: ApiRequest, groupTypeId: string): Promise<void> =>
    await refuseConsistencyGroups(blockStorage, context, groupTypeId, 'group snapshot');
  /** A snapshot of a group that is no consistency group. */
  const snapshotOf = async (request: ApiRequest): Promise<GroupSnapshotRecord> => {
    const snapshot = await groupSnapshots.get(request.context, param(request, 'id'));
    await refuseOld(request, snapshot.groupTypeId);
    return snapshot;
  };

  const list = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    const asked = request.minor >= pagesSince ? request : { ...request, query: new URLSearchParams() };
    refuseUnknownFilters(asked, filters);
    const page = await groupSnapshots.list(
      request.context,
      filterOf(asked),
      pageRequest(asked, groupSnapshotSortKeys, maxLimit),
    );
    if (page.kind === 'unknown-marker') {
      throw new BlockStorageError(
        'marker-not-found',
        `GroupSnapshot ${asked.query.get('marker')} could not be found.`,
      );
    }
    const old = await consistencyGroupType(blockStorage, request.context);
    const last = page.rows.at(-1);
    return ok({
      group_snapshots: page.rows
        .filter(({ groupTypeId }) => groupTypeId !== old?.id)
        .map((snapshot) =>
          detail ? groupSnapshotView(request, snapshot) : { id: snapshot.id, name: snapshot.name },
        ),
      ...(page.more && last !== undefined ? { group_snapshot_links: nextLink(asked, last.id) } : {}),
    });
  };

  return [
    { method: 'GET', path: '/group_snapshots', since, handler: (request) => list(request, false) },
    { method: 'GET', path: '/group_snapshots/detail', since, handler: (request) => list(request, true) },
    {
      method: 'POST',
      path: '/group_snapshots',
      since,
      handler: async (request) => {
        const asked = readBody(request.body, 'group_snapshot', createShape, request.minor);
        const group = await groups.get(request.context, asked.group_id);
        await refuseOld(request, group.groupTypeId);
        const { id, name, groupTypeId } = await groupSnapshots.create(request.context, {
          groupId: group.id,
          name: asked.name ?? null,
          description: asked.description ?? null,
        });
        return accepted({ group_snapshot: { id, name, group_type_id: groupTypeId } });
      },
    },
    {
      method: 'GET',
      path: '/group_snapshots/:id',
      since,
      handler: async (request) =>
        ok({ group_snapshot: groupSnapshotView(request, await snapshotOf(request)) }),
    },
    {
      method: 'DELETE',
      path: '/group_snapshots/:id',
      since,
      handler: async (request) => {
        await groupSnapshots.delete(request.context, (await snapshotOf(request)).id);
        return accepted();
      },
    },
    actionRoute(
      'group_snapshots',
      {
        reset_status: {
          run: async ({ context, minor }, id, argument) => {
            const { status } = readObject(argument, 'reset_status', { status: z.string() }, minor);
            await groupSnapshots.resetStatus(context, id, status.toLowerCase());
            return accepted();
          },
        },
      },
      resetSince,
    ),
  ];
}

function filterOf(request: ApiRequest): GroupSnapshotFilter {
  const id = request.query.get('id');
  return {
    projectId: projectFilter(request),
    ...present<Omit<GroupSnapshotFilter, 'projectId'>>({
      ids: id === null ? undefined : [id],
      name: textComparison(request, 'name'),
      status: textComparison(request, 'status'),
      groupId: request.query.get('group_id') ?? undefined,
    }),
  };
}
