import type { GroupFilter } from '@cinder-flasharray/store';
import { projectFilter, textComparison } from '../http/list-query.ts';
import { present } from '../http/present.ts';
import type { ApiRequest } from '../http/route.ts';

/** Names a list of groups can be filtered by. */
export const groupFilters = [
  'name',
  'status',
  'host',
  'group_type_id',
  'group_snapshot_id',
  'source_group_id',
  'availability_zone',
  'id',
];

/** The filter a query string asks for. @throws ApiError 400 */
export function groupFilterOf(request: ApiRequest): GroupFilter {
  const { query } = request;
  const id = query.get('id');
  return {
    projectId: projectFilter(request),
    ...present<Omit<GroupFilter, 'projectId'>>({
      ids: id === null ? undefined : [id],
      name: textComparison(request, 'name'),
      status: textComparison(request, 'status'),
      host: textComparison(request, 'host'),
      availabilityZone: textComparison(request, 'availability_zone'),
      groupTypeId: query.get('group_type_id') ?? undefined,
      groupSnapshotId: query.get('group_snapshot_id') ?? undefined,
      sourceGroupId: query.get('source_group_id') ?? undefined,
    }),
  };
}
