import type { Comparison, Page, PageRequest } from '../page.ts';
import type { Metadata, SnapshotRecord, SnapshotStatus } from '../records.ts';

export type NewSnapshot = Omit<SnapshotRecord, 'createdAt' | 'updatedAt'>;

export type SnapshotChange = Partial<
  Pick<
    SnapshotRecord,
    | 'status'
    | 'progress'
    | 'volumeSize'
    | 'volumeTypeId'
    | 'displayName'
    | 'displayDescription'
    | 'providerId'
    | 'groupSnapshotId'
  >
>;

export const snapshotSortKeys = [
  'id',
  'created_at',
  'updated_at',
  'status',
  'volume_id',
  'volume_size',
  'display_name',
  'name',
] as const;
export type SnapshotSortKey = (typeof snapshotSortKeys)[number];

export interface SnapshotFilter {
  /** Null: snapshots of every project. */
  readonly projectId: string | null;
  readonly ids?: readonly string[];
  readonly volumeId?: string;
  readonly displayName?: Comparison<string>;
  readonly groupSnapshotId?: string;
  readonly status?: Comparison<string>;
  readonly metadata?: Metadata;
  readonly consumesQuota?: boolean;
  readonly createdAt?: readonly Comparison<Date>[];
  readonly updatedAt?: readonly Comparison<Date>[];
}

/** A snapshot that is not on the array that its volume is worked on. */
export interface LeftBehind {
  /** The array that has it: `backend_id`, or `default`. */
  readonly backendId: string;
  /** What it was when it was left there. */
  readonly previousStatus: SnapshotStatus;
}

export interface SnapshotStore {
  insert(snapshot: NewSnapshot): Promise<SnapshotRecord>;
  get(id: string): Promise<SnapshotRecord | null>;
  /** Of which volume it is, and what is being done with it: one statement, where `get` takes two. */
  summary(id: string): Promise<Pick<SnapshotRecord, 'volumeId' | 'status'> | null>;
  list(filter: SnapshotFilter, page: PageRequest<SnapshotSortKey>): Promise<Page<SnapshotRecord>>;
  /** Live snapshots of one volume, newest first. */
  ofVolume(volumeId: string): Promise<readonly SnapshotRecord[]>;
  /** Live members of a group snapshot, oldest first (`created_at`, `id`). */
  ofGroupSnapshot(groupSnapshotId: string): Promise<readonly SnapshotRecord[]>;
  /** Live snapshots of the volumes of a back end (`host@backend`, any pool), in pages, by id. */
  ofBackend(host: string): AsyncIterable<readonly SnapshotRecord[]>;
  update(id: string, change: SnapshotChange): Promise<boolean>;
  /** One conditional UPDATE. @returns false when it is gone or its status is another. */
  updateWhere(
    id: string,
    conditions: { readonly status: readonly SnapshotStatus[] },
    change: SnapshotChange,
  ): Promise<boolean>;
  setMetadata(id: string, metadata: Metadata, how: 'merge' | 'replace'): Promise<void>;
  deleteMetadata(id: string, key: string): Promise<boolean>;
  /** Null: it is where its volume is. */
  leftBehind(id: string): Promise<LeftBehind | null>;
  /** Live ones of the volumes of a back end (`host@backend`, any pool), by id. */
  leftBehindOf(
    host: string,
  ): Promise<
    readonly (LeftBehind & Pick<SnapshotRecord, 'id' | 'volumeId' | 'groupSnapshotId' | 'status'>)[]
  >;
  /** @param left null: it is where its volume is */
  setLeftBehind(id: string, left: LeftBehind | null): Promise<void>;
  /** Soft-deletes the row with status `deleted`, and its metadata. */
  delete(id: string): Promise<void>;
}
