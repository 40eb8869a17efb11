import type { Comparison, Page, PageRequest } from '../page.ts';
import type { AttachStatus, Metadata, VolumeRecord, VolumeStatus } from '../records.ts';

export type NewVolume = Omit<VolumeRecord, 'createdAt' | 'updatedAt' | 'attachments' | 'adminMetadata'>;

/** Columns that may be written after creation. */
export type VolumeChange = Partial<
  Omit<NewVolume, 'id' | 'metadata' | 'projectId' | 'userId' | 'snapshotId' | 'sourceVolid'>
>;

/** What must hold for a conditional update; compiled into the WHERE of one UPDATE. */
export interface VolumeConditions {
  readonly status?: readonly VolumeStatus[];
  readonly attachStatus?: readonly AttachStatus[];
  /** No migration is under way (null, `none`, `success`, `error`, `deleting`). */
  readonly notMigrating?: true;
  readonly withoutSnapshots?: true;
  readonly withoutGroup?: true;
  /** It is in this group, or in none (null). */
  readonly groupId?: string | null;
  readonly withoutAttachments?: true;
  readonly size?: Comparison<number>;
  readonly multiattach?: boolean;
}

export const volumeSortKeys = [
  'id',
  'created_at',
  'updated_at',
  'status',
  'size',
  'availability_zone',
  'display_name',
  'name',
  'host',
  'bootable',
  'volume_type_id',
] as const;
export type VolumeSortKey = (typeof volumeSortKeys)[number];

export interface VolumeFilter {
  /** Null: volumes of every project. */
  readonly projectId: string | null;
  readonly ids?: readonly string[];
  readonly displayName?: Comparison<string>;
  readonly status?: Comparison<string>;
  readonly size?: Comparison<number>;
  readonly bootable?: boolean;
  readonly migrationStatus?: string;
  readonly availabilityZone?: Comparison<string>;
  readonly groupId?: string;
  readonly host?: Comparison<string>;
  readonly volumeTypeId?: string;
  readonly snapshotId?: string;
  readonly sourceVolid?: string;
  readonly userId?: string;
  readonly replicationStatus?: Comparison<string>;
  readonly multiattach?: boolean;
  readonly consumesQuota?: boolean;
  /** Each pair must be among the volume's metadata. */
  readonly metadata?: Metadata;
  readonly createdAt?: readonly Comparison<Date>[];
  readonly updatedAt?: readonly Comparison<Date>[];
}

export type VolumeSummary = Pick<
  VolumeRecord,
  'id' | 'projectId' | 'host' | 'status' | 'replicationStatus' | 'replicationDriverData' | 'volumeTypeId'
>;

/** A volume on the array that a failover has left, of whose copy the volume of the row was made. */
export interface Original {
  /** The array that has it: `backend_id`, `default`, or what stands for the arrays of a pod. */
  readonly backendId: string;
  /** Full name there. */
  readonly name: string;
  readonly volumeTypeId: string;
}

/** A copy of a volume that its back end has worked on, on an array that it came back from. */
export interface VolumeCopy {
  /** `backend_id` of that array. */
  readonly backendId: string;
  /** Full name there. */
  readonly name: string;
}

export interface VolumeStore {
  insert(volume: NewVolume): Promise<VolumeRecord>;
  get(id: string): Promise<VolumeRecord | null>;
  /** Whose it is, who serves it, and what is being done with it: one statement, where `get` takes three. */
  summary(id: string): Promise<VolumeSummary | null>;
  /** Those of these that are live, in no order: as many statements as for one. */
  ofIds(ids: readonly string[]): Promise<readonly VolumeRecord[]>;
  list(filter: VolumeFilter, page: PageRequest<VolumeSortKey>): Promise<Page<VolumeRecord>>;
  /** Every live volume of a back end (`host@backend`, any pool), in pages, by id. */
  ofBackend(host: string): AsyncIterable<readonly VolumeRecord[]>;
  /** Live volumes of a back end (`host@backend`, any pool) without a `provider_id`, in pages, by id. */
  unnamedOfBackend(host: string): AsyncIterable<readonly VolumeRecord[]>;
  /** Live volumes of a group, oldest first (`created_at`, `id`). */
  ofGroup(groupId: string): Promise<readonly VolumeRecord[]>;
  /** GiB of all live volumes per `host` value of a back end (`host@backend`, any pool). */
  allocatedGib(host: string): Promise<number>;
  /** @returns false when the volume is gone. */
  update(id: string, change: VolumeChange): Promise<boolean>;
  /**
   * One conditional UPDATE (compare and swap).
   * @returns false when the volume is gone or a condition does not hold; nothing is written then.
   */
  updateWhere(id: string, conditions: VolumeConditions, change: VolumeChange): Promise<boolean>;
  /** Replaces all (`replace`) or merges; keys left out of a replacement are soft-deleted. */
  setMetadata(id: string, metadata: Metadata, how: 'merge' | 'replace'): Promise<void>;
  /** @returns false when there is no such key. */
  deleteMetadata(id: string, key: string): Promise<boolean>;
  /** Null removes the key. */
  setAdminMetadata(id: string, key: string, value: string | null): Promise<void>;
  /** What the volume that is worked on is a copy of; null: of nothing. */
  originalOf(id: string): Promise<Original | null>;
  /** Ids of the volumes of a back end (`host@backend`, any pool) that are copies. */
  withOriginals(host: string): Promise<ReadonlySet<string>>;
  setOriginal(id: string, original: Original | null): Promise<void>;
  /** Copies that back ends have worked on and come back from, of several volumes; those of one by array and name. */
  copiesOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly VolumeCopy[]>>;
  /** One that is there already is fine. */
  addCopy(id: string, copy: VolumeCopy): Promise<void>;
  /** It is gone, or it is what is worked on. One that is absent is fine. */
  removeCopy(id: string, copy: VolumeCopy): Promise<void>;
  /**
   * Soft-deletes the row with status `deleted`, and its metadata, admin metadata, image metadata, transfers,
   * snapshots and attachments, as Cinder's volume_destroy does.
   */
  delete(id: string): Promise<void>;
}
