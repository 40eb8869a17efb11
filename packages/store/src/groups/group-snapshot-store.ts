import type { Comparison, Page, PageRequest } from '../page.ts';
import type { GroupSnapshotRecord, GroupSnapshotStatus } from '../records.ts';

export type NewGroupSnapshot = Omit<GroupSnapshotRecord, 'createdAt' | 'updatedAt'>;

export type GroupSnapshotChange = Partial<Pick<GroupSnapshotRecord, 'name' | 'description' | 'status'>>;

export const groupSnapshotSortKeys = [
  'id',
  'created_at',
  'updated_at',
  'status',
  'name',
  'group_id',
] as const;
export type GroupSnapshotSortKey = (typeof groupSnapshotSortKeys)[number];

export interface GroupSnapshotFilter {
  /** Null: those of every project. */
  readonly projectId: string | null;
  readonly ids?: readonly string[];
  readonly name?: Comparison<string>;
  readonly status?: Comparison<string>;
  readonly groupId?: string;
}

export interface GroupSnapshotStore {
  insert(snapshot: NewGroupSnapshot): Promise<GroupSnapshotRecord>;
  get(id: string): Promise<GroupSnapshotRecord | null>;
  list(
    filter: GroupSnapshotFilter,
    page: PageRequest<GroupSnapshotSortKey>,
  ): Promise<Page<GroupSnapshotRecord>>;
  /** Live snapshots of one group, newest first. */
  ofGroup(groupId: string): Promise<readonly GroupSnapshotRecord[]>;
  update(id: string, change: GroupSnapshotChange): Promise<boolean>;
  /**
   * One conditional UPDATE. `unused`: no live group is being created from it.
   * @returns false when it is gone or a condition does not hold
   */
  updateWhere(
    id: string,
    conditions: { readonly status?: readonly GroupSnapshotStatus[]; readonly unused?: true },
    change: GroupSnapshotChange,
  ): Promise<boolean>;
  /** Soft-deletes the row with status `deleted`. */
  delete(id: string): Promise<void>;
}
