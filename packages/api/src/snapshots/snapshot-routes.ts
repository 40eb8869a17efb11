import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import { type SnapshotFilter, snapshotSortKeys } from '@cinder-flasharray/store';
import { z } from 'zod';
import { actionRoute } from '../http/actions.ts';
import { badRequest } from '../http/api-error.ts';
import { readBody, readObject } from '../http/body.ts';
import { looseBoolean, metadata, optionalText, uuid } from '../http/fields.ts';
import {
  booleanFilter,
  metadataFilter,
  nextLink,
  pageRequest,
  projectFilter,
  refuseUnknownFilters,
  textComparison,
  timeComparisons,
  wantsCount,
} from '../http/list-query.ts';
import { metadataRoutes } from '../http/metadata-routes.ts';
import { present } from '../http/present.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { snapshotView } from './snapshot-view.ts';

const snapshotFilters = [
  'name',
  'status',
  'volume_id',
  'group_snapshot_id',
  'metadata',
  'created_at',
  'updated_at',
  'consumes_quota',
  'display_name',
  'id',
];

/** From here on snapshots of volumes in use need no `force`. */
const inUseSince = 66;

const createShape = {
  volume_id: uuid,
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata: metadata.nullish(),
  force: looseBoolean.optional(),
} as const;

const updateShape = {
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
} as const;

/** `snapshots` and their actions. */
export function snapshotRoutes({ snapshots, manage }: BlockStorage, maxLimit: number): readonly Route[] {
  const list = async (request: ApiRequest, full: boolean): Promise<ApiReply> => {
    refuseUnknownFilters(request, snapshotFilters);
    const page = await snapshots.list(
      request.context,
      filterOf(request),
      pageRequest(request, snapshotSortKeys, maxLimit),
    );
    if (page.kind === 'unknown-marker') {
      throw new BlockStorageError(
        'marker-not-found',
        `Snapshot ${request.query.get('marker')} could not be found.`,
      );
    }
    const last = page.rows.at(-1);
    return ok({
      snapshots: page.rows.map((snapshot) => snapshotView(request, snapshot, { full })),
      ...(page.more && last !== undefined ? { snapshots_links: nextLink(request, last.id) } : {}),
      ...(wantsCount(request) ? { count: page.count } : {}),
    });
  };
  return [
    { method: 'GET', path: '/snapshots', handler: (request) => list(request, false) },
    { method: 'GET', path: '/snapshots/detail', handler: (request) => list(request, true) },
    {
      method: 'POST',
      path: '/snapshots',
      handler: async (request) => {
        const asked = readBody(request.body, 'snapshot', createShape, request.minor);
        if (request.minor >= inUseSince && asked.force === false) {
          throw badRequest(
            "Since microversion 3.66 the 'force' flag is invalid for this request. For backward compatibility, " +
              "when the 'force' flag is set to True it is ignored.",
          );
        }
        const snapshot = await snapshots.create(request.context, {
          volumeId: asked.volume_id,
          displayName: asked.name ?? asked.display_name ?? null,
          displayDescription: asked.description ?? asked.display_description ?? null,
          metadata: asked.metadata ?? {},
          force: request.minor >= inUseSince || asked.force === true,
        });
        return accepted({ snapshot: snapshotView(request, snapshot, { full: false }) });
      },
    },
    {
      method: 'GET',
      path: '/snapshots/:id',
      handler: async (request) => {
        const snapshot = await snapshots.get(request.context, param(request, 'id'));
        return ok({ snapshot: snapshotView(request, snapshot, { full: true }) });
      },
    },
    {
      method: 'PUT',
      path: '/snapshots/:id',
      handler: async (request) => {
        const asked = readBody(request.body, 'snapshot', updateShape, request.minor);
        const displayName = asked.name === undefined ? asked.display_name : asked.name;
        const displayDescription =
          asked.description === undefined ? asked.display_description : asked.description;
        const snapshot = await snapshots.update(request.context, param(request, 'id'), {
          ...(displayName === undefined ? {} : { displayName }),
          ...(displayDescription === undefined ? {} : { displayDescription }),
        });
        return ok({ snapshot: snapshotView(request, snapshot, { full: false }) });
      },
    },
    {
      method: 'DELETE',
      path: '/snapshots/:id',
      handler: async (request) => {
        await snapshots.delete(request.context, param(request, 'id'), { force: false });
        return accepted();
      },
    },
    actionRoute('snapshots', {
      'os-unmanage': {
        run: async ({ context }, id) => {
          await manage.unmanageSnapshot(context, id);
          return accepted();
        },
      },
      'os-force_delete': {
        run: async ({ context }, id) => {
          await snapshots.delete(context, id, { force: true });
          return accepted();
        },
      },
      'os-reset_status': {
        run: async ({ context, minor }, id, argument) => {
          const { status } = readObject(argument, 'os-reset_status', { status: z.string() }, minor);
          await snapshots.resetStatus(context, id, status.toLowerCase());
          return accepted();
        },
      },
    }),
    ...metadataRoutes('snapshots', 'Snapshot', snapshots),
  ];
}

function filterOf(request: ApiRequest): SnapshotFilter {
  const { query, minor } = request;
  const id = query.get('id');
  return {
    projectId: projectFilter(request),
    ...present<Omit<SnapshotFilter, 'projectId'>>({
      ids: id === null ? undefined : [id],
      displayName: textComparison(request, 'name') ?? textComparison(request, 'display_name'),
      status: textComparison(request, 'status'),
      volumeId: query.get('volume_id') ?? undefined,
      groupSnapshotId: query.get('group_snapshot_id') ?? undefined,
      metadata: metadataFilter(request),
      createdAt: timeComparisons(request, 'created_at'),
      updatedAt: timeComparisons(request, 'updated_at'),
      consumesQuota: minor >= 65 ? booleanFilter(query, 'consumes_quota') : undefined,
    }),
  };
}
