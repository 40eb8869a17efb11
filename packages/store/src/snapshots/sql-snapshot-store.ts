import { type Selectable, sql } from 'kysely';
import { deletePair, insertPairs, loadPairs, setPairs } from '../database/pairs.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import { softDelete } from '../database/soft-delete.ts';
import type { Database } from '../database/tables.ts';
import { StoreError } from '../errors.ts';
import {
  type Condition,
  compare,
  compareDate,
  equals,
  hasPairs,
  ofBackend,
  oneOf,
} from '../lists/conditions.ts';
import { listPage } from '../lists/list-page.ts';
import type { Page, PageRequest } from '../page.ts';
import { type Metadata, type SnapshotRecord, type SnapshotStatus, snapshotStatuses } from '../records.ts';
import { consumesQuota } from '../volumes/volume-conditions.ts';
import { insertSnapshotRow, parseSnapshot, updateSnapshotRow } from './snapshot-row.ts';
import type {
  LeftBehind,
  NewSnapshot,
  SnapshotChange,
  SnapshotFilter,
  SnapshotSortKey,
  SnapshotStore,
} from './snapshot-store.ts';

/** Snapshots that `ofBackend` reads at a time. */
const backendPage = 500;

const columnOf = {
  id: 'id',
  created_at: 'created_at',
  updated_at: 'updated_at',
  status: 'status',
  volume_id: 'volume_id',
  volume_size: 'volume_size',
  display_name: 'display_name',
  name: 'display_name',
} as const satisfies Record<SnapshotSortKey, keyof Database['snapshots']>;

export class SqlSnapshotStore implements SnapshotStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(snapshot: NewSnapshot): Promise<SnapshotRecord> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      const row = await db
        .insertInto('snapshots')
        .values(insertSnapshotRow(snapshot, now))
        .returningAll()
        .executeTakeFirstOrThrow();
      await insertPairs(db, 'snapshot_metadata', snapshot.id, snapshot.metadata, now);
      return parseSnapshot(row, snapshot.metadata);
    });
  }

  get(id: string): Promise<SnapshotRecord | null> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('snapshots')
        .selectAll()
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
      const [snapshot] = await withMetadata(db, rows);
      return snapshot ?? null;
    });
  }

  summary(id: string): Promise<Pick<SnapshotRecord, 'volumeId' | 'status'> | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('snapshots')
        .select(['volume_id', 'status'])
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      if (row === undefined) {
        return null;
      }
      const reader = new RowReader('snapshots', row, id);
      return { volumeId: reader.text('volume_id'), status: reader.oneOf('status', snapshotStatuses) };
    });
  }

  list(filter: SnapshotFilter, page: PageRequest<SnapshotSortKey>): Promise<Page<SnapshotRecord>> {
    return this.#session.run(async (db) => {
      const found = await listPage(db, {
        table: 'snapshots',
        visible: visibleSnapshots(filter.projectId),
        filter: snapshotFilter(filter),
        columnOf,
        page,
      });
      return found.kind === 'page' ? { ...found, rows: await withMetadata(db, found.rows) } : found;
    });
  }

  ofVolume(volumeId: string): Promise<readonly SnapshotRecord[]> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('snapshots')
        .selectAll()
        .where('volume_id', '=', volumeId)
        .where('deleted', '=', 0)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return withMetadata(db, rows);
    });
  }

  ofGroupSnapshot(groupSnapshotId: string): Promise<readonly SnapshotRecord[]> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('snapshots')
        .selectAll()
        .where('group_snapshot_id', '=', groupSnapshotId)
        .where('deleted', '=', 0)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return withMetadata(db, rows);
    });
  }

  async *ofBackend(host: string): AsyncGenerator<readonly SnapshotRecord[]> {
    let after = '';
    for (;;) {
      const snapshots = await this.#session.run(async (db) => {
        const { rows } = await sql<Selectable<Database['snapshots']>>`
          select snapshots.* from snapshots join volumes on volumes.id = snapshots.volume_id
          where snapshots.id > ${after} and +snapshots.deleted = 0 and ${ofBackend('volumes.host', host)}
          order by snapshots.id limit ${backendPage}`.execute(db);
        return withMetadata(db, rows);
      });
      const last = snapshots.at(-1);
      if (last === undefined) {
        return;
      }
      yield snapshots;
      after = last.id;
    }
  }

  update(id: string, change: SnapshotChange): Promise<boolean> {
    return this.#update(id, [], change);
  }

  updateWhere(
    id: string,
    conditions: { readonly status: readonly SnapshotStatus[] },
    change: SnapshotChange,
  ): Promise<boolean> {
    return this.#update(id, [oneOf('status', conditions.status)], change);
  }

  setMetadata(id: string, metadata: Metadata, how: 'merge' | 'replace'): Promise<void> {
    return this.#session.atomic(async (db) => {
      const row = await db
        .selectFrom('snapshots')
        .select('id')
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      if (row === undefined) {
        throw new StoreError('constraint', `there is no snapshot ${id}`);
      }
      await setPairs(db, 'snapshot_metadata', id, metadata, how, timestampNow(this.#source));
    });
  }

  deleteMetadata(id: string, key: string): Promise<boolean> {
    return this.#session.run((db) =>
      deletePair(db, 'snapshot_metadata', id, key, timestampNow(this.#source)),
    );
  }

  leftBehind(id: string): Promise<LeftBehind | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('flasharray_snapshots_left_behind')
        .selectAll()
        .where('snapshot_id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : parseLeftBehind(row);
    });
  }

  leftBehindOf(host: string): ReturnType<SnapshotStore['leftBehindOf']> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('flasharray_snapshots_left_behind as left')
        .innerJoin('snapshots', 'snapshots.id', 'left.snapshot_id')
        .innerJoin('volumes', 'volumes.id', 'snapshots.volume_id')
        .selectAll('left')
        .select(['snapshots.volume_id', 'snapshots.group_snapshot_id', 'snapshots.status'])
        .where('snapshots.deleted', '=', 0)
        .where(ofBackend('volumes.host', host))
        .orderBy('left.snapshot_id')
        .execute();
      return rows.map((row) => {
        const reader = new RowReader('snapshots', row, row.snapshot_id);
        return {
          id: row.snapshot_id,
          volumeId: reader.text('volume_id'),
          groupSnapshotId: reader.textOrNull('group_snapshot_id'),
          status: reader.oneOf('status', snapshotStatuses),
          ...parseLeftBehind(row),
        };
      });
    });
  }

  setLeftBehind(id: string, left: LeftBehind | null): Promise<void> {
    return this.#session.run(async (db) => {
      if (left === null) {
        await db.deleteFrom('flasharray_snapshots_left_behind').where('snapshot_id', '=', id).execute();
        return;
      }
      const values = { backend_id: left.backendId, previous_status: left.previousStatus };
      await db
        .insertInto('flasharray_snapshots_left_behind')
        .values({ snapshot_id: id, ...values })
        .onConflict((same) => same.column('snapshot_id').doUpdateSet(values))
        .execute();
    });
  }

  delete(id: string): Promise<void> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      await db.deleteFrom('flasharray_snapshots_left_behind').where('snapshot_id', '=', id).execute();
      await db
        .updateTable('snapshots')
        .set({ deleted: 1, deleted_at: now, status: 'deleted' })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
      await softDelete(db, 'snapshot_metadata', 'snapshot_id', id, now);
      await softDelete(db, 'volume_glance_metadata', 'snapshot_id', id, now);
    });
  }

  #update(id: string, conditions: readonly Condition[], change: SnapshotChange): Promise<boolean> {
    return this.#session.run(async (db) => {
      let update = db
        .updateTable('snapshots')
        .set(updateSnapshotRow(change, timestampNow(this.#source)))
        .where('id', '=', id)
        .where('deleted', '=', 0);
      for (const condition of conditions) {
        update = update.where(condition);
      }
      return (await update.executeTakeFirst()).numUpdatedRows > 0n;
    });
  }
}

function parseLeftBehind(row: Selectable<Database['flasharray_snapshots_left_behind']>): LeftBehind {
  const reader = new RowReader('flasharray_snapshots_left_behind', row, row.snapshot_id);
  return {
    backendId: reader.text('backend_id'),
    previousStatus: reader.oneOf('previous_status', snapshotStatuses),
  };
}

/** One query for the metadata, however many snapshots there are. */
async function withMetadata(
  db: Executor,
  rows: readonly Selectable<Database['snapshots']>[],
): Promise<readonly SnapshotRecord[]> {
  const metadata = await loadPairs(
    db,
    'snapshot_metadata',
    rows.map((row) => row.id),
  );
  return rows.map((row) => parseSnapshot(row, metadata.of(row.id)));
}

/** Live rows, of one project or of all. */
function visibleSnapshots(projectId: string | null): readonly Condition[] {
  const live = equals('snapshots.deleted', 0);
  return projectId === null ? [live] : [live, equals('snapshots.project_id', projectId)];
}

function snapshotFilter(filter: SnapshotFilter): readonly Condition[] {
  const { ids, volumeId, displayName, status } = filter;
  return [
    ...(ids === undefined ? [] : [oneOf('snapshots.id', ids)]),
    ...(volumeId === undefined ? [] : [equals('snapshots.volume_id', volumeId)]),
    ...(filter.groupSnapshotId === undefined
      ? []
      : [equals('snapshots.group_snapshot_id', filter.groupSnapshotId)]),
    ...(displayName === undefined ? [] : [compare('snapshots.display_name', displayName)]),
    ...(status === undefined ? [] : [compare('snapshots.status', status)]),
    ...(filter.consumesQuota === undefined ? [] : [consumesQuota('snapshots', filter.consumesQuota)]),
    ...hasPairs(
      { table: 'snapshot_metadata', ownerColumn: 'snapshot_id', owner: 'snapshots.id' },
      filter.metadata ?? {},
    ),
    ...(filter.createdAt ?? []).map((comparison) => compareDate('snapshots.created_at', comparison)),
    ...(filter.updatedAt ?? []).map((comparison) => compareDate('snapshots.updated_at', comparison)),
  ];
}
