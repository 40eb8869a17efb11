import { type SnapshotFilter, type SnapshotRecord, snapshotSortKeys } from '@cinder-flasharray/store';
import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/volume-manager';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { looseBoolean, metadata, optionalText, readBody, readObject } from '../http/body.ts';
import {
  metadataFilter,
  nextLink,
  pageRequest,
  projectFilter,
  refuseUnknownFilters,
  textComparison,
  timeComparisons,
} from '../http/list-query.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { isoTime } from '../http/view.ts';

const filters = [
  'name',
  'status',
  'volume_id',
  'metadata',
  'availability_zone',
  'created_at',
  'updated_at',
  'consumes_quota',
  'display_name',
  'id',
];

/** @param full with the extended attributes, which the answer to a create does not have */
export function snapshotView(
  { minor }: Pick<ApiRequest, 'minor'>,
  snapshot: SnapshotRecord,
  { full }: { readonly full: boolean },
): Readonly<Record<string, unknown>> {
  return {
    id: snapshot.id,
    created_at: isoTime(snapshot.createdAt),
    updated_at: isoTime(snapshot.updatedAt),
    name: snapshot.displayName,
    description: snapshot.displayDescription,
    volume_id: snapshot.volumeId,
    status: snapshot.status,
    size: snapshot.volumeSize,
    metadata: snapshot.metadata,
    ...(minor >= 14 ? { group_snapshot_id: snapshot.groupSnapshotId } : {}),
    ...(minor >= 41 ? { user_id: snapshot.userId } : {}),
    ...(minor >= 65 ? { consumes_quota: snapshot.useQuota } : {}),
    ...(full
      ? {
          'os-extended-snapshot-attributes:project_id': snapshot.projectId,
          'os-extended-snapshot-attributes:progress': snapshot.progress,
        }
      : {}),
  };
}

export function snapshotRoutes({ snapshots }: BlockStorage, maxLimit: number): readonly Route[] {
  const list = async (request: ApiRequest, full: boolean): Promise<ApiReply> => {
    refuseUnknownFilters(request, filters);
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
      ...(request.minor >= 45 && request.query.get('with_count')?.toLowerCase() === 'true'
        ? { count: page.count }
        : {}),
    });
  };
  return [
    { method: 'GET', path: '/snapshots', handler: (request) => list(request, false) },
    { method: 'GET', path: '/snapshots/detail', handler: (request) => list(request, true) },
    {
      method: 'POST',
      path: '/snapshots',
      handler: async (request) => {
        const asked = readBody(
          request.body,
          'snapshot',
          {
            volume_id: z.string(),
            name: optionalText,
            display_name: optionalText,
            description: optionalText,
            display_description: optionalText,
            metadata: metadata.nullable().optional(),
            force: looseBoolean.nullable().optional(),
          },
          request.minor,
        );
        if (request.minor >= 66 && asked.force === false) {
          throw badRequest(
            "Invalid input for field/attribute force. Value: False. 'force' must be left out or true from microversion 3.66 on",
          );
        }
        const snapshot = await snapshots.create(request.context, {
          volumeId: asked.volume_id,
          displayName: asked.name ?? asked.display_name ?? null,
          displayDescription: asked.description ?? asked.display_description ?? null,
          metadata: asked.metadata ?? {},
          force: request.minor >= 66 || asked.force === true,
        });
        return accepted({ snapshot: snapshotView(request, snapshot, { full: false }) });
      },
    },
    {
      method: 'GET',
      path: '/snapshots/:id',
      handler: async (request) =>
        ok({
          snapshot: snapshotView(request, await snapshots.get(request.context, param(request, 'id')), {
            full: true,
          }),
        }),
    },
    {
      method: 'PUT',
      path: '/snapshots/:id',
      handler: async (request) => {
        const asked = readBody(
          request.body,
          'snapshot',
          {
            name: optionalText,
            display_name: optionalText,
            description: optionalText,
            display_description: optionalText,
          },
          request.minor,
        );
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
    {
      method: 'POST',
      path: '/snapshots/:id/action',
      handler: async (request) => {
        const { body, context } = request;
        const [name = ''] = typeof body === 'object' && body !== null ? Object.keys(body) : [];
        const id = param(request, 'id');
        if (name === 'os-force_delete') {
          await snapshots.delete(context, id, { force: true });
          return accepted();
        }
        if (name === 'os-reset_status' && typeof body === 'object' && body !== null) {
          const { status } = readObject(Reflect.get(body, name), name, { status: z.string() }, 0);
          await snapshots.resetStatus(context, id, status);
          return accepted();
        }
        throw badRequest(
          `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
        );
      },
    },
    ...metadataRoutes(snapshots),
  ];
}

function metadataRoutes(snapshots: BlockStorage['snapshots']): readonly Route[] {
  const write = (how: 'merge' | 'replace') => async (request: ApiRequest) => {
    const asked = readBody({ body: request.body }, 'body', { metadata }, 0);
    return ok({
      metadata: await snapshots.setMetadata(request.context, param(request, 'id'), asked.metadata, how),
    });
  };
  return [
    {
      method: 'GET',
      path: '/snapshots/:id/metadata',
      handler: async (request) =>
        ok({ metadata: (await snapshots.get(request.context, param(request, 'id'))).metadata }),
    },
    { method: 'POST', path: '/snapshots/:id/metadata', handler: write('merge') },
    { method: 'PUT', path: '/snapshots/:id/metadata', handler: write('replace') },
    {
      method: 'GET',
      path: '/snapshots/:id/metadata/:key',
      handler: async (request) => {
        const [id, key] = [param(request, 'id'), param(request, 'key')];
        const value = (await snapshots.get(request.context, id)).metadata[key];
        if (value === undefined) {
          throw new BlockStorageError('key-not-found', `Snapshot ${id} has no metadata with key ${key}.`);
        }
        return ok({ meta: { [key]: value } });
      },
    },
    {
      method: 'PUT',
      path: '/snapshots/:id/metadata/:key',
      handler: async (request) => {
        const { meta } = readBody({ body: request.body }, 'body', { meta: metadata }, 0);
        if (Object.keys(meta).length !== 1 || !(param(request, 'key') in meta)) {
          throw badRequest('Request body and URI mismatch');
        }
        await snapshots.setMetadata(request.context, param(request, 'id'), meta, 'merge');
        return ok({ meta });
      },
    },
    {
      method: 'DELETE',
      path: '/snapshots/:id/metadata/:key',
      handler: async (request) => {
        await snapshots.deleteMetadata(request.context, param(request, 'id'), param(request, 'key'));
        return { status: 200 };
      },
    },
  ];
}

function filterOf(request: ApiRequest): SnapshotFilter {
  const displayName = textComparison(request, 'name') ?? textComparison(request, 'display_name');
  const status = textComparison(request, 'status');
  const volumeId = request.query.get('volume_id');
  const id = request.query.get('id');
  const meta = metadataFilter(request);
  const createdAt = timeComparisons(request, 'created_at');
  const updatedAt = timeComparisons(request, 'updated_at');
  const consumes = request.minor >= 65 ? request.query.get('consumes_quota') : null;
  return {
    projectId: projectFilter(request),
    ...(displayName === undefined ? {} : { displayName }),
    ...(status === undefined ? {} : { status }),
    ...(volumeId === null ? {} : { volumeId }),
    ...(id === null ? {} : { ids: [id] }),
    ...(meta === undefined ? {} : { metadata: meta }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(consumes === null ? {} : { consumesQuota: consumes.toLowerCase() === 'true' }),
  };
}
