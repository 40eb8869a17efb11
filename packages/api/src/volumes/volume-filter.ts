import type { BlockStorage } from '@cinder-flasharray/block-storage';
import type { VolumeFilter } from '@cinder-flasharray/store';
import { badRequest } from '../http/api-error.ts';
import {
  booleanFilter,
  metadataFilter,
  projectFilter,
  textComparison,
  timeComparisons,
} from '../http/list-query.ts';
import { present } from '../http/present.ts';
import type { ApiRequest } from '../http/route.ts';

/** Names a volume list can be filtered by. */
export const volumeFilters = [
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
  'volume_type_id',
  'multiattach',
  'user_id',
  'id',
  'source_volid',
  'snapshot_id',
  'replication_status',
];

/** The filter a query string asks for. @throws ApiError 400 */
export async function volumeFilterOf(
  request: ApiRequest,
  { volumeTypes }: BlockStorage,
): Promise<VolumeFilter> {
  const { query, context, minor } = request;
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  const typeName = query.get('volume_type') ?? query.get('volume_type_id');
  const types = typeName === null ? [] : await volumeTypes.list(context);
  const type = types.find(({ id, name }) => id === typeName || name === typeName);
  const id = text('id');
  return {
    projectId: projectFilter(request),
    ...present<Omit<VolumeFilter, 'projectId'>>({
      ids: id === undefined ? undefined : [id],
      displayName: textComparison(request, 'name') ?? textComparison(request, 'display_name'),
      status: textComparison(request, 'status'),
      availabilityZone: textComparison(request, 'availability_zone'),
      host: textComparison(request, 'host'),
      replicationStatus: textComparison(request, 'replication_status'),
      size: sizeComparison(query),
      metadata: metadataFilter(request),
      createdAt: timeComparisons(request, 'created_at'),
      updatedAt: timeComparisons(request, 'updated_at'),
      migrationStatus: text('migration_status'),
      groupId: minor >= 10 ? text('group_id') : undefined,
      // A type nobody knows is the type of no volume.
      volumeTypeId: type?.id ?? typeName ?? undefined,
      snapshotId: text('snapshot_id'),
      sourceVolid: text('source_volid'),
      userId: text('user_id'),
      bootable: booleanFilter(query, 'bootable'),
      multiattach: booleanFilter(query, 'multiattach'),
      consumesQuota: minor >= 65 ? booleanFilter(query, 'consumes_quota') : undefined,
    }),
  };
}

function sizeComparison(query: URLSearchParams): VolumeFilter['size'] {
  const given = query.get('size');
  if (given === null) {
    return undefined;
  }
  if (!/^\d+$/.test(given)) {
    throw badRequest(`Invalid input received: the filter size is not a number of GiB: ${given}.`);
  }
  return { operator: 'eq', value: Number(given) };
}
