import type { Comparison, Page, PageRequest } from '../page.ts';
import type { GroupRecord, GroupStatus } from '../records.ts';

export type NewGroup = Omit<GroupRecord, 'createdAt' | 'updatedAt'>;

export type GroupChange = Partial<
  Pick<GroupRecord, 'host' | 'name' | 'description' | 'status' | 'replicationStatus' | 'clusterName'>
>;

/** What must hold for a conditional update; compiled into the WHERE of one UPDATE. */
export interface GroupConditions {
  readonly status?: readonly GroupStatus[];
  readonly withoutGroupSnapshots?: true;
  /** No live volume is in it. */
  readonly withoutVolumes?: true;
}

export const groupSortKeys = ['id', 'created_at', 'updated_at', 'status', 'name', 'host'] as const;
export type GroupSortKey = (typeof groupSortKeys)[number];

export interface GroupFilter {
  /** Null: groups of every project. */
  readonly projectId: string | null;
  readonly ids?: readonly string[];
  readonly name?: Comparison<string>;
  readonly status?: Comparison<string>;
  readonly host?: Comparison<string>;
  readonly groupTypeId?: string;
  readonly groupSnapshotId?: string;
  readonly sourceGroupId?: string;
  readonly availabilityZone?: Comparison<string>;
}

/** Table groups, with the types a group's volumes may have (group_volume_type_mapping). */
export interface GroupStore {
  insert(group: NewGroup): Promise<GroupRecord>;
  get(id: string): Promise<GroupRecord | null>;
  /** Who serves it, and what is being done with it: one statement, where `get` takes two. */
  summary(id: string): Promise<Pick<GroupRecord, 'host' | 'status'> | null>;
  list(filter: GroupFilter, page: PageRequest<GroupSortKey>): Promise<Page<GroupRecord>>;
  /** @returns false when the group is gone. */
  update(id: string, change: GroupChange): Promise<boolean>;
  /** One conditional UPDATE. @returns false when the group is gone or a condition does not hold. */
  updateWhere(id: string, conditions: GroupConditions, change: GroupChange): Promise<boolean>;
  /**
   * The array that has the protection group of a consistency group: `backend_id`, or `default`. Null: both arrays of a
   * pod, none, or nobody has recorded it.
   */
  protectionGroupOn(id: string): Promise<string | null>;
  /** @param backendId as `protectionGroupOn` gives it */
  recordProtectionGroup(id: string, backendId: string): Promise<void>;
  /** Soft-deletes the row with status `deleted`, and its type mapping. */
  delete(id: string): Promise<void>;
}
