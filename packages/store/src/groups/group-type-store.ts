import type { GroupTypeRecord, Metadata } from '../records.ts';

/** The type that consistency groups of the old API have; a new database holds it, with consistent snapshots on. */
export const consistencyGroupTypeName = 'default_cgsnapshot_type';

export interface NewGroupType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly groupSpecs: Metadata;
}

export type GroupTypeChange = Partial<Pick<GroupTypeRecord, 'name' | 'description' | 'isPublic'>>;

export interface GroupTypeStore {
  /** @returns `name-taken` when a live type has that name. */
  insert(
    type: NewGroupType,
  ): Promise<{ readonly kind: 'created'; readonly type: GroupTypeRecord } | { readonly kind: 'name-taken' }>;
  get(id: string): Promise<GroupTypeRecord | null>;
  findByName(name: string): Promise<GroupTypeRecord | null>;
  /** Types a project may see: public ones and those it has access to; null sees all. By name. */
  list(visibleTo: string | null): Promise<readonly GroupTypeRecord[]>;
  update(id: string, change: GroupTypeChange): Promise<'updated' | 'gone' | 'name-taken'>;
  setGroupSpecs(id: string, specs: Metadata): Promise<void>;
  deleteGroupSpec(id: string, key: string): Promise<boolean>;
  /** @returns `in-use` while a live group has the type. */
  delete(id: string): Promise<'deleted' | 'gone' | 'in-use'>;
  hasAccess(id: string, projectId: string): Promise<boolean>;
}
