import type { Metadata, VolumeTypeRecord } from '../records.ts';

export interface NewVolumeType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly extraSpecs: Metadata;
}

export type VolumeTypeChange = Partial<Pick<VolumeTypeRecord, 'name' | 'description' | 'isPublic'>>;

export interface VolumeTypeStore {
  /** @returns `name-taken` when a live type has that name. */
  insert(
    type: NewVolumeType,
  ): Promise<{ readonly kind: 'created'; readonly type: VolumeTypeRecord } | { readonly kind: 'name-taken' }>;
  get(id: string): Promise<VolumeTypeRecord | null>;
  /** Its name alone: one statement, where `get` takes two. */
  nameOf(id: string): Promise<string | null>;
  findByName(name: string): Promise<VolumeTypeRecord | null>;
  /** Types a project may see: public ones and those it has access to; null sees all. By name. */
  list(visibleTo: string | null): Promise<readonly VolumeTypeRecord[]>;
  update(id: string, change: VolumeTypeChange): Promise<'updated' | 'gone' | 'name-taken'>;
  setExtraSpecs(id: string, specs: Metadata): Promise<void>;
  deleteExtraSpec(id: string, key: string): Promise<boolean>;
  /** Associates a type with QoS specs, or with none. @returns false when the type is gone */
  setQosSpecs(id: string, qosSpecsId: string | null): Promise<boolean>;
  /** Live types associated with the specs, by name. */
  withQosSpecs(qosSpecsId: string): Promise<readonly VolumeTypeRecord[]>;
  /** @returns `in-use` while a live volume or group has the type. */
  delete(id: string): Promise<'deleted' | 'gone' | 'in-use'>;
  hasAccess(id: string, projectId: string): Promise<boolean>;
  accessList(id: string): Promise<readonly string[]>;
  /** @returns false when it has access already. */
  addAccess(id: string, projectId: string): Promise<boolean>;
  removeAccess(id: string, projectId: string): Promise<boolean>;
}
