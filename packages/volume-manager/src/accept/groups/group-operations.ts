import type {
  GroupFilter,
  GroupRecord,
  GroupSnapshotFilter,
  GroupSnapshotRecord,
  GroupSnapshotSortKey,
  GroupSortKey,
  GroupTypeRecord,
  Metadata,
  Page,
  PageRequest,
} from '@cinder-flasharray/store';
import type { RequestContext } from '../request-context.ts';

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

export interface GroupSnapshotOperations {
  create(
    context: RequestContext,
    request: { readonly groupId: string; readonly name: string | null; readonly description: string | null },
  ): Promise<GroupSnapshotRecord>;
  get(context: RequestContext, id: string): Promise<GroupSnapshotRecord>;
  list(
    context: RequestContext,
    filter: GroupSnapshotFilter,
    page: PageRequest<GroupSnapshotSortKey>,
  ): Promise<Page<GroupSnapshotRecord>>;
  delete(context: RequestContext, id: string): Promise<void>;
  /** Admin. */
  resetStatus(context: RequestContext, id: string, status: string): Promise<void>;
}

export interface GroupTypeOperations {
  /** Name or id. */
  get(context: RequestContext, nameOrId: string): Promise<GroupTypeRecord>;
  /** The type named by `default_group_type`. */
  getDefault(context: RequestContext): Promise<GroupTypeRecord>;
  /** By name. */
  list(context: RequestContext): Promise<readonly GroupTypeRecord[]>;
  /** Admin, as everything below. */
  create(
    context: RequestContext,
    request: { readonly name: string; readonly description: string | null; readonly isPublic: boolean },
  ): Promise<GroupTypeRecord>;
  update(
    context: RequestContext,
    id: string,
    change: { readonly name?: string; readonly description?: string | null; readonly isPublic?: boolean },
  ): Promise<GroupTypeRecord>;
  delete(context: RequestContext, id: string): Promise<void>;
  setGroupSpecs(context: RequestContext, id: string, specs: Metadata): Promise<Metadata>;
  deleteGroupSpec(context: RequestContext, id: string, key: string): Promise<void>;
}
