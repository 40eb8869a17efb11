import { type Selectable, sql } from 'kysely';
import { loadLiveAttachments } from '../attachments/sql-attachment-store.ts';
import { inChunks } from '../database/chunks.ts';
import { deletePair, insertPairs, loadPairsOf, setPairs } from '../database/pairs.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import { softDelete } from '../database/soft-delete.ts';
import type { Database } from '../database/tables.ts';
import { StoreError } from '../errors.ts';
import { all, type Condition, equals, isNull, ofBackend } from '../lists/conditions.ts';
import { listPage } from '../lists/list-page.ts';
import type { Page, PageRequest } from '../page.ts';
import { type Metadata, type VolumeRecord, volumeStatuses } from '../records.ts';
import { visibleVolumes, volumeConditions, volumeFilter } from './volume-conditions.ts';
import { insertVolumeRow, parseVolume, updateVolumeRow } from './volume-row.ts';
import type {
  NewVolume,
  Original,
  VolumeChange,
  VolumeConditions,
  VolumeCopy,
  VolumeFilter,
  VolumeSortKey,
  VolumeStore,
  VolumeSummary,
} from './volume-store.ts';

type VolumeRow = Selectable<Database['volumes']>;

/** Volumes that `ofBackend` reads at a time. */
const backendPage = 500;

const columnOf = {
  id: 'id',
  created_at: 'created_at',
  updated_at: 'updated_at',
  status: 'status',
  size: 'size',
  availability_zone: 'availability_zone',
  display_name: 'display_name',
  name: 'display_name',
  host: 'host',
  bootable: 'bootable',
  volume_type_id: 'volume_type_id',
} as const satisfies Record<VolumeSortKey, keyof Database['volumes']>;

export class SqlVolumeStore implements VolumeStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(volume: NewVolume): Promise<VolumeRecord> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      const row = await db
        .insertInto('volumes')
        .values(insertVolumeRow(volume, now))
        .returningAll()
        .executeTakeFirstOrThrow();
      await insertPairs(db, 'volume_metadata', volume.id, volume.metadata, now);
      return parseVolume(row, { metadata: volume.metadata, adminMetadata: {}, attachments: [] });
    });
  }

  get(id: string): Promise<VolumeRecord | null> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('volumes')
        .selectAll()
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
      const [volume] = await withChildren(db, rows);
      return volume ?? null;
    });
  }

  summary(id: string): Promise<VolumeSummary | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('volumes')
        .select([
          'project_id',
          'host',
          'status',
          'replication_status',
          'replication_driver_data',
          'volume_type_id',
        ])
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      if (row === undefined) {
        return null;
      }
      const reader = new RowReader('volumes', row, id);
      return {
        id,
        projectId: reader.text('project_id'),
        host: reader.textOrNull('host'),
        status: reader.oneOf('status', volumeStatuses),
        replicationStatus: reader.textOrNull('replication_status'),
        replicationDriverData: reader.textOrNull('replication_driver_data'),
        volumeTypeId: reader.text('volume_type_id'),
      };
    });
  }

  ofIds(ids: readonly string[]): Promise<readonly VolumeRecord[]> {
    return this.#session.run(async (db) => {
      const rows: VolumeRow[] = [];
      for (const chunk of inChunks(ids)) {
        rows.push(
          ...(await db
            .selectFrom('volumes')
            .selectAll()
            .where('id', 'in', [...chunk])
            .where('deleted', '=', 0)
            .execute()),
        );
      }
      return withChildren(db, rows);
    });
  }

  list(filter: VolumeFilter, page: PageRequest<VolumeSortKey>): Promise<Page<VolumeRecord>> {
    return this.#session.run(async (db) => {
      const found = await listPage(db, {
        table: 'volumes',
        visible: visibleVolumes(filter.projectId),
        filter: volumeFilter(filter),
        columnOf,
        page,
      });
      return found.kind === 'page' ? { ...found, rows: await withChildren(db, found.rows) } : found;
    });
  }

  ofBackend(host: string): AsyncGenerator<readonly VolumeRecord[]> {
    return this.#backendPages(host, []);
  }

  unnamedOfBackend(host: string): AsyncGenerator<readonly VolumeRecord[]> {
    return this.#backendPages(host, [isNull('volumes.provider_id')]);
  }

  ofGroup(groupId: string): Promise<readonly VolumeRecord[]> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('volumes')
        .selectAll()
        .where('group_id', '=', groupId)
        .where('deleted', '=', 0)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return withChildren(db, rows);
    });
  }

  allocatedGib(host: string): Promise<number> {
    return this.#session.run(async (db) => {
      const { rows } = await sql<{ total: number | null }>`
        select sum(volumes.size) as total from volumes
        where ${all([...visibleVolumes(null), ofBackend('volumes.host', host)])}`.execute(db);
      return rows[0]?.total ?? 0;
    });
  }

  update(id: string, change: VolumeChange): Promise<boolean> {
    return this.updateWhere(id, {}, change);
  }

  updateWhere(id: string, conditions: VolumeConditions, change: VolumeChange): Promise<boolean> {
    return this.#session.run(async (db) => {
      const result = await db
        .updateTable('volumes')
        .set(updateVolumeRow(change, timestampNow(this.#source)))
        .where(all([equals('volumes.id', id), ...visibleVolumes(null), ...volumeConditions(conditions)]))
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }

  setMetadata(id: string, metadata: Metadata, how: 'merge' | 'replace'): Promise<void> {
    return this.#session.atomic(async (db) => {
      await mustBeLive(db, id);
      await setPairs(db, 'volume_metadata', id, metadata, how, timestampNow(this.#source));
    });
  }

  deleteMetadata(id: string, key: string): Promise<boolean> {
    return this.#session.run((db) => deletePair(db, 'volume_metadata', id, key, timestampNow(this.#source)));
  }

  setAdminMetadata(id: string, key: string, value: string | null): Promise<void> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      if (value === null) {
        await deletePair(db, 'volume_admin_metadata', id, key, now);
      } else {
        await mustBeLive(db, id);
        await setPairs(db, 'volume_admin_metadata', id, { [key]: value }, 'merge', now);
      }
    });
  }

  async *#backendPages(
    host: string,
    conditions: readonly Condition[],
  ): AsyncGenerator<readonly VolumeRecord[]> {
    let after = '';
    for (;;) {
      const volumes = await this.#session.run((db) => readBackendPage(db, host, conditions, after));
      const last = volumes.at(-1);
      if (last === undefined) {
        return;
      }
      yield volumes;
      after = last.id;
    }
  }

  originalOf(id: string): Promise<Original | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('flasharray_originals')
        .selectAll()
        .where('volume_id', '=', id)
        .executeTakeFirst();
      return row === undefined
        ? null
        : { backendId: row.backend_id, name: row.name, volumeTypeId: row.volume_type_id };
    });
  }

  withOriginals(host: string): Promise<ReadonlySet<string>> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('flasharray_originals')
        .innerJoin('volumes', 'volumes.id', 'flasharray_originals.volume_id')
        .select('volumes.id')
        .where('volumes.deleted', '=', 0)
        .where(ofBackend('volumes.host', host))
        .execute();
      return new Set(rows.map((row) => row.id));
    });
  }

  setOriginal(id: string, original: Original | null): Promise<void> {
    return this.#session.run(async (db) => {
      if (original === null) {
        await db.deleteFrom('flasharray_originals').where('volume_id', '=', id).execute();
        return;
      }
      const { backendId, name, volumeTypeId } = original;
      const values = { backend_id: backendId, name, volume_type_id: volumeTypeId };
      await db
        .insertInto('flasharray_originals')
        .values({ volume_id: id, ...values })
        .onConflict((same) => same.column('volume_id').doUpdateSet(values))
        .execute();
    });
  }

  copiesOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly VolumeCopy[]>> {
    return this.#session.run(async (db) => {
      const found = new Map<string, readonly VolumeCopy[]>();
      for (const chunk of inChunks(ids)) {
        const rows = await db
          .selectFrom('flasharray_copies')
          .selectAll()
          .where('volume_id', 'in', [...chunk])
          .orderBy('backend_id')
          .orderBy('name')
          .execute();
        for (const { volume_id: id, backend_id: backendId, name } of rows) {
          found.set(id, [...(found.get(id) ?? []), { backendId, name }]);
        }
      }
      return found;
    });
  }

  addCopy(id: string, { backendId, name }: VolumeCopy): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .insertInto('flasharray_copies')
        .values({ volume_id: id, backend_id: backendId, name })
        .onConflict((same) => same.columns(['volume_id', 'backend_id', 'name']).doNothing())
        .execute();
    });
  }

  removeCopy(id: string, { backendId, name }: VolumeCopy): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .deleteFrom('flasharray_copies')
        .where('volume_id', '=', id)
        .where('backend_id', '=', backendId)
        .where('name', '=', name)
        .execute();
    });
  }

  delete(id: string): Promise<void> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      await db
        .updateTable('volumes')
        .set({ deleted: 1, deleted_at: now, status: 'deleted', migration_status: null })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
      await softDelete(db, 'transfers', 'volume_id', id, now);
      await softDelete(db, 'snapshots', 'volume_id', id, now);
      await softDelete(db, 'volume_attachment', 'volume_id', id, now);
      await softDelete(db, 'volume_admin_metadata', 'volume_id', id, now);
      await softDelete(db, 'volume_metadata', 'volume_id', id, now);
      await softDelete(db, 'volume_glance_metadata', 'volume_id', id, now);
    });
  }
}

/** By id: `+` keeps SQLite from taking the index on hosts, which would sort every volume anew for each page. */
async function readBackendPage(
  db: Executor,
  host: string,
  conditions: readonly Condition[],
  after: string,
): Promise<readonly VolumeRecord[]> {
  const { rows } = await sql<VolumeRow>`
    select * from volumes
    where volumes.id > ${after} and +volumes.deleted = 0 and ${all([ofBackend('volumes.host', host), ...conditions])}
    order by volumes.id limit ${backendPage}`.execute(db);
  return withChildren(db, rows);
}

/** One query for each table of children, however many volumes there are. */
async function withChildren(db: Executor, rows: readonly VolumeRow[]): Promise<readonly VolumeRecord[]> {
  const ids = rows.map((row) => row.id);
  const pairs = await loadPairsOf(db, ['volume_metadata', 'volume_admin_metadata'], ids);
  const attachments = await loadLiveAttachments(db, ids);
  return rows.map((row) =>
    parseVolume(row, {
      metadata: pairs.volume_metadata.of(row.id),
      adminMetadata: pairs.volume_admin_metadata.of(row.id),
      attachments: attachments.get(row.id) ?? [],
    }),
  );
}

/** Rows would otherwise be written for a volume that is gone, and nobody would ever see them. */
async function mustBeLive(db: Executor, id: string): Promise<void> {
  const row = await db
    .selectFrom('volumes')
    .select('id')
    .where('id', '=', id)
    .where('deleted', '=', 0)
    .executeTakeFirst();
  if (row === undefined) {
    throw new StoreError('constraint', `there is no volume ${id}`);
  }
}
