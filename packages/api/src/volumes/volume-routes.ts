import { type VolumeFilter, type VolumeRecord, volumeSortKeys } from '@cinder-flasharray/store';
import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/volume-manager';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { integer, looseBoolean, metadata, optionalText, readBody } from '../http/body.ts';
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
import { shownMetadata, volumeSummary, volumeView } from './volume-view.ts';

const filters = [
  'name',
  'status',
  'metadata',
  'bootable',
  'migration_status',
  'availability_zone',
  'group_id',
  'size',
  'created_at',
  'updated_at',
  'consumes_quota',
  'display_name',
  'host',
  'volume_type',
  'multiattach',
  'user_id',
  'id',
  'project_id',
  'source_volid',
  'snapshot_id',
  'replication_status',
];

export function volumeRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  const { volumes, volumeTypes } = blockStorage;

  const typeNames = async (request: ApiRequest): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (await volumeTypes.list({ ...request.context, isAdmin: true })).map(({ id, name }) => [id, name]),
    );

  const show = async (
    request: ApiRequest,
    volume: VolumeRecord,
    full: boolean,
  ): Promise<ApiReply['body']> => ({
    volume: volumeView(request, volume, (await typeNames(request)).get(volume.volumeTypeId) ?? null, {
      full,
    }),
  });

  const list = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    refuseUnknownFilters(request, filters);
    const page = await volumes.list(
      request.context,
      await filterOf(request, blockStorage),
      pageRequest(request, volumeSortKeys, maxLimit),
    );
    if (page.kind === 'unknown-marker') {
      throw new BlockStorageError(
        'marker-not-found',
        `Marker ${request.query.get('marker')} could not be found.`,
      );
    }
    const names = detail ? await typeNames(request) : new Map<string, string>();
    const last = page.rows.at(-1);
    return ok({
      volumes: page.rows.map((volume) =>
        detail
          ? volumeView(request, volume, names.get(volume.volumeTypeId) ?? null, { full: true })
          : volumeSummary(request, volume),
      ),
      ...(page.more && last !== undefined ? { volumes_links: nextLink(request, last.id) } : {}),
      ...(request.minor >= 45 && isTrue(request.query.get('with_count')) ? { count: page.count } : {}),
    });
  };

  return [
    { method: 'GET', path: '/volumes', handler: (request) => list(request, false) },
    { method: 'GET', path: '/volumes/detail', handler: (request) => list(request, true) },
    {
      method: 'GET',
      path: '/volumes/summary',
      since: 12,
      handler: async (request) => ok({ 'volume-summary': await summary(request, blockStorage) }),
    },
    {
      method: 'POST',
      path: '/volumes',
      handler: async (request) => {
        const asked = readBody(request.body, 'volume', createShape, request.minor);
        refuseUnservedSources(asked);
        const volume = await volumes.create(request.context, {
          size: asked.size ?? null,
          displayName: asked.name ?? asked.display_name ?? null,
          displayDescription: asked.description ?? asked.display_description ?? null,
          volumeType: asked.volume_type ?? null,
          availabilityZone: asked.availability_zone ?? null,
          metadata: asked.metadata ?? {},
          snapshotId: asked.snapshot_id ?? null,
          sourceVolid: asked.source_volid ?? null,
          multiattach: asked.multiattach ?? false,
        });
        return accepted(await show(request, volume, false));
      },
    },
    {
      method: 'GET',
      path: '/volumes/:id',
      handler: async (request) =>
        ok(await show(request, await volumes.get(request.context, param(request, 'id')), true)),
    },
    {
      method: 'PUT',
      path: '/volumes/:id',
      handler: async (request) => {
        const asked = readBody(request.body, 'volume', updateShape, request.minor);
        const displayName = asked.name === undefined ? asked.display_name : asked.name;
        const displayDescription =
          asked.description === undefined ? asked.display_description : asked.description;
        const volume = await volumes.update(request.context, param(request, 'id'), {
          ...(displayName === undefined ? {} : { displayName }),
          ...(displayDescription === undefined ? {} : { displayDescription }),
          ...(asked.metadata === undefined ? {} : { metadata: asked.metadata }),
        });
        return ok(await show(request, volume, false));
      },
    },
    {
      method: 'DELETE',
      path: '/volumes/:id',
      handler: async (request) => {
        await volumes.delete(request.context, param(request, 'id'), {
          cascade: isTrue(request.query.get('cascade')),
          force: request.minor >= 23 && isTrue(request.query.get('force')),
        });
        return accepted();
      },
    },
    ...metadataRoutes(blockStorage),
    {
      method: 'GET',
      path: '/volumes/:id/encryption',
      handler: async (request) => {
        await volumes.get(request.context, param(request, 'id'));
        return ok({ encryption_key_id: null });
      },
    },
  ];
}

function metadataRoutes({ volumes }: BlockStorage): readonly Route[] {
  const shown = async (request: ApiRequest) =>
    shownMetadata(await volumes.get(request.context, param(request, 'id')));
  const write = (how: 'merge' | 'replace') => async (request: ApiRequest) => {
    const asked = readBody({ body: request.body }, 'body', { metadata }, 0);
    return ok({
      metadata: await volumes.setMetadata(request.context, param(request, 'id'), asked.metadata, how),
    });
  };
  return [
    {
      method: 'GET',
      path: '/volumes/:id/metadata',
      handler: async (request) => ok({ metadata: await shown(request) }),
    },
    { method: 'POST', path: '/volumes/:id/metadata', handler: write('merge') },
    { method: 'PUT', path: '/volumes/:id/metadata', handler: write('replace') },
    {
      method: 'GET',
      path: '/volumes/:id/metadata/:key',
      handler: async (request) => {
        const key = param(request, 'key');
        const value = (await shown(request))[key];
        if (value === undefined) {
          throw new BlockStorageError(
            'key-not-found',
            `Volume ${param(request, 'id')} has no metadata with key ${key}.`,
          );
        }
        return ok({ meta: { [key]: value } });
      },
    },
    {
      method: 'PUT',
      path: '/volumes/:id/metadata/:key',
      handler: async (request) => {
        const { meta } = readBody({ body: request.body }, 'body', { meta: metadata }, 0);
        const key = param(request, 'key');
        if (Object.keys(meta).length !== 1 || !(key in meta)) {
          throw badRequest('Request body and URI mismatch');
        }
        await volumes.setMetadata(request.context, param(request, 'id'), meta, 'merge');
        return ok({ meta });
      },
    },
    {
      method: 'DELETE',
      path: '/volumes/:id/metadata/:key',
      handler: async (request) => {
        await volumes.deleteMetadata(request.context, param(request, 'id'), param(request, 'key'));
        return { status: 200 };
      },
    },
  ];
}

const createShape = {
  size: integer.nullable().optional(),
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  volume_type: z.string().nullable().optional(),
  availability_zone: z.string().nullable().optional(),
  metadata: metadata.nullable().optional(),
  snapshot_id: z.string().nullable().optional(),
  source_volid: z.string().nullable().optional(),
  imageRef: z.unknown().optional(),
  image_id: z.unknown().optional(),
  consistencygroup_id: z.unknown().optional(),
  group_id: z.unknown().optional(),
  backup_id: z.unknown().optional(),
  source_replica: z.unknown().optional(),
  multiattach: looseBoolean.nullable().optional(),
  user_id: z.unknown().optional(),
  project_id: z.unknown().optional(),
  status: z.unknown().optional(),
  attach_status: z.unknown().optional(),
} as const;

const updateShape = {
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata: metadata.optional(),
} as const;

/** Sources this service cannot make volumes from yet: a clear no, never an empty volume instead. */
function refuseUnservedSources(asked: z.output<z.ZodObject<typeof createShape>>): void {
  for (const key of ['imageRef', 'image_id', 'backup_id', 'group_id', 'consistencygroup_id'] as const) {
    const value = asked[key];
    if (value !== undefined && value !== null && value !== '') {
      throw badRequest(`Invalid input received: ${key} is not supported by this service yet.`);
    }
  }
}

async function filterOf(request: ApiRequest, { volumeTypes }: BlockStorage): Promise<VolumeFilter> {
  const { query } = request;
  const displayName = textComparison(request, 'name') ?? textComparison(request, 'display_name');
  const status = textComparison(request, 'status');
  const zone = textComparison(request, 'availability_zone');
  const host = textComparison(request, 'host');
  const meta = metadataFilter(request);
  const createdAt = timeComparisons(request, 'created_at');
  const updatedAt = timeComparisons(request, 'updated_at');
  const typeName = query.get('volume_type');
  const type =
    typeName === null
      ? undefined
      : (await volumeTypes.list(request.context)).find(
          ({ id, name }) => id === typeName || name === typeName,
        );
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  const size = query.get('size');
  const [id, migration, group, volumeType, snapshot, source, user] = [
    text('id'),
    text('migration_status'),
    text('group_id'),
    typeName === null ? undefined : (type?.id ?? typeName),
    text('snapshot_id'),
    text('source_volid'),
    text('user_id'),
  ];
  return {
    projectId: projectFilter(request),
    ...(displayName === undefined ? {} : { displayName }),
    ...(status === undefined ? {} : { status }),
    ...(zone === undefined ? {} : { availabilityZone: zone }),
    ...(host === undefined ? {} : { host }),
    ...(meta === undefined ? {} : { metadata: meta }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(size === null ? {} : { size: { operator: 'eq', value: Number(size) } }),
    ...(id === undefined ? {} : { ids: [id] }),
    ...(migration === undefined ? {} : { migrationStatus: migration }),
    ...(group === undefined ? {} : { groupId: group }),
    ...(volumeType === undefined ? {} : { volumeTypeId: volumeType }),
    ...(snapshot === undefined ? {} : { snapshotId: snapshot }),
    ...(source === undefined ? {} : { sourceVolid: source }),
    ...(user === undefined ? {} : { userId: user }),
    ...(query.has('bootable') ? { bootable: isTrue(query.get('bootable')) } : {}),
    ...(query.has('multiattach') ? { multiattach: isTrue(query.get('multiattach')) } : {}),
    ...(request.minor >= 65 && query.has('consumes_quota')
      ? { consumesQuota: isTrue(query.get('consumes_quota')) }
      : {}),
  };
}

function isTrue(text: string | null): boolean {
  return text !== null && ['true', '1', 'on', 'yes', 't', 'y'].includes(text.toLowerCase());
}

/** Number and GiB of the project's volumes; from 3.36 also which metadata they have. */
async function summary(
  request: ApiRequest,
  { volumes }: BlockStorage,
): Promise<Readonly<Record<string, unknown>>> {
  let [count, size, offset] = [0, 0, 0];
  const keys = new Map<string, Set<string>>();
  for (;;) {
    const page = await volumes.list(
      request.context,
      { projectId: projectFilter(request) },
      { sort: [], limit: 1000, offset, marker: null },
    );
    if (page.kind === 'unknown-marker') {
      break;
    }
    for (const volume of page.rows) {
      count += 1;
      size += volume.size;
      for (const [key, value] of Object.entries(volume.metadata)) {
        keys.set(key, (keys.get(key) ?? new Set()).add(value));
      }
    }
    offset += page.rows.length;
    if (!page.more || page.rows.length === 0) {
      break;
    }
  }
  return {
    total_count: count,
    total_size: size,
    ...(request.minor >= 36
      ? { metadata: Object.fromEntries([...keys].map(([key, values]) => [key, [...values]])) }
      : {}),
  };
}
