import type { Selectable } from 'kysely';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Session } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import { type Condition, compare, equals, oneOf, withoutRows } from '../lists/conditions.ts';
import { listPage } from '../lists/list-page.ts';
import type { Page, PageRequest } from '../page.ts';
import { type GroupSnapshotRecord, type GroupSnapshotStatus, groupSnapshotStatuses } from '../records.ts';
import type {
  GroupSnapshotChange,
  GroupSnapshotFilter,
  GroupSnapshotSortKey,
  GroupSnapshotStore,
  NewGroupSnapshot,
} from './group-snapshot-store.ts';

const columnOf = {
  id: 'id',
  created_at: 'created_at',
  updated_at: 'updated_at',
  status: 'status',
  name: 'name',
  group_id: 'group_id',
} as const satisfies Record<GroupSnapshotSortKey, keyof Database['group_snapshots']>;

export class SqlGroupSnapshotStore implements GroupSnapshotStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(snapshot: NewGroupSnapshot): Promise<GroupSnapshotRecord> {
    return this.#session.run(async (db) => {
      const row = await db
        .insertInto('group_snapshots')
        .values({
          id: snapshot.id,
          group_id: snapshot.groupId,
          project_id: snapshot.projectId,
          user_id: snapshot.userId,
          name: snapshot.name,
          description: snapshot.description,
          status: snapshot.status,
          group_type_id: snapshot.groupTypeId,
          created_at: timestampNow(this.#source),
          deleted: 0,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return parseGroupSnapshot(row);
    });
  }

  get(id: string): Promise<GroupSnapshotRecord | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('group_snapshots')
        .selectAll()
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      return row === undefined ? null : parseGroupSnapshot(row);
    });
  }

  list(
    filter: GroupSnapshotFilter,
    page: PageRequest<GroupSnapshotSortKey>,
  ): Promise<Page<GroupSnapshotRecord>> {
    return this.#session.run(async (db) => {
      const found = await listPage(db, {
        table: 'group_snapshots',
        visible: visibleGroupSnapshots(filter.projectId),
        filter: groupSnapshotFilter(filter),
        columnOf,
        page,
      });
      return found.kind === 'page' ? { ...found, rows: found.rows.map(parseGroupSnapshot) } : found;
    });
  }

  ofGroup(groupId: string): Promise<readonly GroupSnapshotRecord[]> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('group_snapshots')
        .selectAll()
        .where('group_id', '=', groupId)
        .where('deleted', '=', 0)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows.map(parseGroupSnapshot);
    });
  }

  update(id: string, change: GroupSnapshotChange): Promise<boolean> {
    return this.updateWhere(id, {}, change);
  }

  updateWhere(
    id: string,
    conditions: { readonly status?: readonly GroupSnapshotStatus[]; readonly unused?: true },
    change: GroupSnapshotChange,
  ): Promise<boolean> {
    return this.#session.run(async (db) => {
      let update = db
        .updateTable('group_snapshots')
        .set({
          name: change.name,
          description: change.description,
          status: change.status,
          updated_at: timestampNow(this.#source),
        })
        .where('id', '=', id)
        .where('deleted', '=', 0);
      if (conditions.status !== undefined) {
        update = update.where(oneOf('group_snapshots.status', conditions.status));
      }
      if (conditions.unused === true) {
        update = update.where(
          withoutRows('groups', 'group_snapshot_id', 'group_snapshots.id', { status: 'creating' }),
        );
      }
      return (await update.executeTakeFirst()).numUpdatedRows > 0n;
    });
  }

  delete(id: string): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .updateTable('group_snapshots')
        .set({ deleted: 1, deleted_at: timestampNow(this.#source), status: 'deleted' })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
    });
  }
}

/** Live rows, of one project or of all. */
function visibleGroupSnapshots(projectId: string | null): readonly Condition[] {
  const live = equals('group_snapshots.deleted', 0);
  return projectId === null ? [live] : [live, equals('group_snapshots.project_id', projectId)];
}

function groupSnapshotFilter({ ids, name, status, groupId }: GroupSnapshotFilter): readonly Condition[] {
  return [
    ...(ids === undefined ? [] : [oneOf('group_snapshots.id', ids)]),
    ...(name === undefined ? [] : [compare('group_snapshots.name', name)]),
    ...(status === undefined ? [] : [compare('group_snapshots.status', status)]),
    ...(groupId === undefined ? [] : [equals('group_snapshots.group_id', groupId)]),
  ];
}

/** @throws StoreError `schema` when a column does not fit */
function parseGroupSnapshot(row: Selectable<Database['group_snapshots']>): GroupSnapshotRecord {
  const reader = new RowReader('group_snapshots', row, row.id);
  return {
    id: reader.text('id'),
    groupId: reader.text('group_id'),
    projectId: reader.text('project_id'),
    userId: reader.text('user_id'),
    name: reader.textOrNull('name'),
    description: reader.textOrNull('description'),
    status: reader.oneOf('status', groupSnapshotStatuses),
    groupTypeId: reader.text('group_type_id'),
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
  };
}
