import type { Selectable } from 'kysely';
import { inChunks } from '../database/chunks.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import { softDelete } from '../database/soft-delete.ts';
import type { Database } from '../database/tables.ts';
import { type Condition, compare, equals, oneOf, withoutRows } from '../lists/conditions.ts';
import { listPage } from '../lists/list-page.ts';
import type { Page, PageRequest } from '../page.ts';
import { type GroupRecord, groupStatuses } from '../records.ts';
import type {
  GroupChange,
  GroupConditions,
  GroupFilter,
  GroupSortKey,
  GroupStore,
  NewGroup,
} from './group-store.ts';

type GroupRow = Selectable<Database['groups']>;

const columnOf = {
  id: 'id',
  created_at: 'created_at',
  updated_at: 'updated_at',
  status: 'status',
  name: 'name',
  host: 'host',
} as const satisfies Record<GroupSortKey, keyof Database['groups']>;

export class SqlGroupStore implements GroupStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(group: NewGroup): Promise<GroupRecord> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      const row = await db
        .insertInto('groups')
        .values({
          id: group.id,
          project_id: group.projectId,
          user_id: group.userId,
          host: group.host,
          availability_zone: group.availabilityZone,
          name: group.name,
          description: group.description,
          group_type_id: group.groupTypeId,
          status: group.status,
          group_snapshot_id: group.groupSnapshotId,
          source_group_id: group.sourceGroupId,
          replication_status: group.replicationStatus,
          cluster_name: group.clusterName,
          created_at: now,
          deleted: 0,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      for (const volumeTypeId of group.volumeTypeIds) {
        await db
          .insertInto('group_volume_type_mapping')
          .values({ group_id: group.id, volume_type_id: volumeTypeId, created_at: now, deleted: 0 })
          .execute();
      }
      return parseGroup(row, group.volumeTypeIds);
    });
  }

  get(id: string): Promise<GroupRecord | null> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('groups')
        .selectAll()
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
      const [group] = await withTypes(db, rows);
      return group ?? null;
    });
  }

  summary(id: string): Promise<Pick<GroupRecord, 'host' | 'status'> | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('groups')
        .select(['host', 'status'])
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      if (row === undefined) {
        return null;
      }
      const reader = new RowReader('groups', row, id);
      return { host: reader.textOrNull('host'), status: reader.oneOf('status', groupStatuses) };
    });
  }

  list(filter: GroupFilter, page: PageRequest<GroupSortKey>): Promise<Page<GroupRecord>> {
    return this.#session.run(async (db) => {
      const found = await listPage(db, {
        table: 'groups',
        visible: visibleGroups(filter.projectId),
        filter: groupFilter(filter),
        columnOf,
        page,
      });
      return found.kind === 'page' ? { ...found, rows: await withTypes(db, found.rows) } : found;
    });
  }

  update(id: string, change: GroupChange): Promise<boolean> {
    return this.updateWhere(id, {}, change);
  }

  updateWhere(id: string, conditions: GroupConditions, change: GroupChange): Promise<boolean> {
    return this.#session.run(async (db) => {
      let update = db
        .updateTable('groups')
        .set({
          host: change.host,
          name: change.name,
          description: change.description,
          status: change.status,
          replication_status: change.replicationStatus,
          cluster_name: change.clusterName,
          updated_at: timestampNow(this.#source),
        })
        .where('id', '=', id)
        .where('deleted', '=', 0);
      for (const condition of groupConditions(conditions)) {
        update = update.where(condition);
      }
      return (await update.executeTakeFirst()).numUpdatedRows > 0n;
    });
  }

  protectionGroupOn(id: string): Promise<string | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('flasharray_protection_groups')
        .select('backend_id')
        .where('group_id', '=', id)
        .executeTakeFirst();
      return row?.backend_id ?? null;
    });
  }

  recordProtectionGroup(id: string, backendId: string): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .insertInto('flasharray_protection_groups')
        .values({ group_id: id, backend_id: backendId })
        .onConflict((same) => same.column('group_id').doUpdateSet({ backend_id: backendId }))
        .execute();
    });
  }

  delete(id: string): Promise<void> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      await db
        .updateTable('groups')
        .set({ deleted: 1, deleted_at: now, status: 'deleted' })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
      await softDelete(db, 'group_volume_type_mapping', 'group_id', id, now);
      await db.deleteFrom('flasharray_protection_groups').where('group_id', '=', id).execute();
    });
  }
}

/** One query for the types, however many groups there are. */
async function withTypes(db: Executor, rows: readonly GroupRow[]): Promise<readonly GroupRecord[]> {
  const types = new Map<string, string[]>();
  for (const chunk of inChunks(rows.map((row) => row.id))) {
    const mapping = await db
      .selectFrom('group_volume_type_mapping')
      .selectAll()
      .where('group_id', 'in', [...chunk])
      .where('deleted', '=', 0)
      .orderBy('id')
      .execute();
    for (const { group_id: groupId, volume_type_id: typeId } of mapping) {
      types.set(groupId, [...(types.get(groupId) ?? []), typeId]);
    }
  }
  return rows.map((row) => parseGroup(row, types.get(row.id) ?? []));
}

function groupConditions(conditions: GroupConditions): readonly Condition[] {
  return [
    ...(conditions.status === undefined ? [] : [oneOf('groups.status', conditions.status)]),
    ...(conditions.withoutGroupSnapshots === true
      ? [withoutRows('group_snapshots', 'group_id', 'groups.id')]
      : []),
    ...(conditions.withoutVolumes === true ? [withoutRows('volumes', 'group_id', 'groups.id')] : []),
  ];
}

/** Live rows, of one project or of all. */
function visibleGroups(projectId: string | null): readonly Condition[] {
  const live = equals('groups.deleted', 0);
  return projectId === null ? [live] : [live, equals('groups.project_id', projectId)];
}

function groupFilter(filter: GroupFilter): readonly Condition[] {
  const equal = (column: string, value: string | undefined): readonly Condition[] =>
    value === undefined ? [] : [equals(`groups.${column}`, value)];
  return [
    ...(filter.ids === undefined ? [] : [oneOf('groups.id', filter.ids)]),
    ...(filter.name === undefined ? [] : [compare('groups.name', filter.name)]),
    ...(filter.status === undefined ? [] : [compare('groups.status', filter.status)]),
    ...(filter.host === undefined ? [] : [compare('groups.host', filter.host)]),
    ...(filter.availabilityZone === undefined
      ? []
      : [compare('groups.availability_zone', filter.availabilityZone)]),
    ...equal('group_type_id', filter.groupTypeId),
    ...equal('group_snapshot_id', filter.groupSnapshotId),
    ...equal('source_group_id', filter.sourceGroupId),
  ];
}

/** @throws StoreError `schema` when a column does not fit */
function parseGroup(row: GroupRow, volumeTypeIds: readonly string[]): GroupRecord {
  const reader = new RowReader('groups', row, row.id);
  return {
    id: reader.text('id'),
    projectId: reader.text('project_id'),
    userId: reader.text('user_id'),
    host: reader.textOrNull('host'),
    availabilityZone: reader.textOrNull('availability_zone'),
    name: reader.textOrNull('name'),
    description: reader.textOrNull('description'),
    groupTypeId: reader.text('group_type_id'),
    status: reader.oneOf('status', groupStatuses),
    groupSnapshotId: reader.textOrNull('group_snapshot_id'),
    sourceGroupId: reader.textOrNull('source_group_id'),
    replicationStatus: reader.textOrNull('replication_status'),
    clusterName: reader.textOrNull('cluster_name'),
    volumeTypeIds: [...volumeTypeIds],
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
  };
}
