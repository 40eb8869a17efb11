import type { GroupFilter, GroupRecord, GroupSortKey, Page, PageRequest } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

export interface GroupOperations {
  create(
    context: RequestContext,
    request: {
      /** Name or id. */
      readonly groupType: string;
      /** Names or ids; at least one. */
      readonly volumeTypes: readonly string[];
      readonly name: string | null;
      readonly description: string | null;
      readonly availabilityZone: string | null;
    },
  ): Promise<GroupRecord>;
  /** A new group with a copy of every volume of a group snapshot or of a group; exactly one of the two. */
  createFromSource(
    context: RequestContext,
    request: {
      readonly groupSnapshotId: string | null;
      readonly sourceGroupId: string | null;
      readonly name: string | null;
      readonly description: string | null;
    },
  ): Promise<GroupRecord>;
  /** Groups of other projects are not found, except for admins. */
  get(context: RequestContext, id: string): Promise<GroupRecord>;
  /** Filters by the caller's project unless `filter.projectId` is null and the caller is admin. */
  list(
    context: RequestContext,
    filter: GroupFilter,
    page: PageRequest<GroupSortKey>,
  ): Promise<Page<GroupRecord>>;
  /** Ids of the volumes in the group, oldest first. */
  volumesOf(context: RequestContext, id: string): Promise<readonly string[]>;
  /** Settled at once when only the name or description changes, else in the background (status `updating`). */
  update(
    context: RequestContext,
    id: string,
    change: {
      readonly name?: string | null;
      readonly description?: string | null;
      /** Volume ids. */
      readonly addVolumes?: readonly string[];
      readonly removeVolumes?: readonly string[];
    },
  ): Promise<GroupRecord>;
  /** `deleteVolumes` false: refused while volumes are in it. `force` (old API): whatever the status. */
  delete(
    context: RequestContext,
    id: string,
    options: { readonly deleteVolumes: boolean; readonly force?: boolean },
  ): Promise<void>;
  /** Admin. */
  resetStatus(context: RequestContext, id: string, status: string): Promise<void>;
}
