import { type Selectable, sql } from 'kysely';
import { deletePair, insertPairs, loadPairs, setPairs } from '../database/pairs.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import { softDelete } from '../database/soft-delete.ts';
import type { Database } from '../database/tables.ts';
import { flag } from '../database/values.ts';
import { StoreError } from '../errors.ts';
import { renameTypeResources } from '../quotas/type-resources.ts';
import type { Metadata, VolumeTypeRecord } from '../records.ts';
import type { NewVolumeType, VolumeTypeChange, VolumeTypeStore } from './volume-type-store.ts';

type TypeRow = Selectable<Database['volume_types']>;

export class SqlVolumeTypeStore implements VolumeTypeStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(type: NewVolumeType): ReturnType<VolumeTypeStore['insert']> {
    return this.#session.atomic(async (db) => {
      if ((await rowByName(db, type.name)) !== undefined) {
        return { kind: 'name-taken' };
      }
      const now = timestampNow(this.#source);
      const row = await db
        .insertInto('volume_types')
        .values({
          id: type.id,
          name: type.name,
          description: type.description,
          is_public: flag(type.isPublic),
          created_at: now,
          deleted: 0,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await insertPairs(db, 'volume_type_extra_specs', type.id, type.extraSpecs, now);
      return { kind: 'created', type: parseType(row, type.extraSpecs) };
    });
  }

  get(id: string): Promise<VolumeTypeRecord | null> {
    return this.#session.run(async (db) => firstOf(db, await rowById(db, id)));
  }

  nameOf(id: string): Promise<string | null> {
    return this.#session.run(async (db) => (await rowById(db, id))?.name ?? null);
  }

  findByName(name: string): Promise<VolumeTypeRecord | null> {
    return this.#session.run(async (db) => firstOf(db, await rowByName(db, name)));
  }

  list(visibleTo: string | null): Promise<readonly VolumeTypeRecord[]> {
    return this.#session.run(async (db) => {
      const live = db.selectFrom('volume_types').selectAll().where('deleted', '=', 0);
      const visible =
        visibleTo === null
          ? live
          : live.where((eb) =>
              eb.or([
                eb('is_public', '=', 1),
                eb.exists(
                  eb
                    .selectFrom('volume_type_projects')
                    .select('volume_type_projects.id')
                    .whereRef('volume_type_projects.volume_type_id', '=', 'volume_types.id')
                    .where('volume_type_projects.project_id', '=', visibleTo)
                    .where('volume_type_projects.deleted', '=', 0),
                ),
              ]),
            );
      return withExtraSpecs(db, await visible.orderBy('name').orderBy('id').execute());
    });
  }

  update(id: string, change: VolumeTypeChange): ReturnType<VolumeTypeStore['update']> {
    return this.#session.atomic(async (db) => {
      const row = await rowById(db, id);
      if (row === undefined) {
        return 'gone';
      }
      const renamed = change.name !== undefined && change.name !== row.name;
      if (renamed && (await rowByName(db, change.name)) !== undefined) {
        return 'name-taken';
      }
      const now = timestampNow(this.#source);
      await db
        .updateTable('volume_types')
        .set({
          name: change.name,
          description: change.description,
          is_public: change.isPublic === undefined ? undefined : flag(change.isPublic),
          updated_at: now,
        })
        .where('id', '=', id)
        .execute();
      if (renamed && row.name !== null) {
        await renameTypeResources(db, row.name, change.name, now);
      }
      return 'updated';
    });
  }

  setExtraSpecs(id: string, specs: Metadata): Promise<void> {
    return this.#session.atomic(async (db) => {
      if ((await rowById(db, id)) === undefined) {
        throw new StoreError('constraint', `there is no volume type ${id}`);
      }
      await setPairs(db, 'volume_type_extra_specs', id, specs, 'merge', timestampNow(this.#source));
    });
  }

  deleteExtraSpec(id: string, key: string): Promise<boolean> {
    return this.#session.run((db) =>
      deletePair(db, 'volume_type_extra_specs', id, key, timestampNow(this.#source)),
    );
  }

  setQosSpecs(id: string, qosSpecsId: string | null): Promise<boolean> {
    return this.#session.run(async (db) => {
      const result = await db
        .updateTable('volume_types')
        .set({ qos_specs_id: qosSpecsId, updated_at: timestampNow(this.#source) })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }

  withQosSpecs(qosSpecsId: string): Promise<readonly VolumeTypeRecord[]> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('volume_types')
        .selectAll()
        .where('qos_specs_id', '=', qosSpecsId)
        .where('deleted', '=', 0)
        .orderBy('name')
        .orderBy('id')
        .execute();
      return withExtraSpecs(db, rows);
    });
  }

  delete(id: string): ReturnType<VolumeTypeStore['delete']> {
    return this.#session.atomic(async (db) => {
      const volume = await db
        .selectFrom('volumes')
        .select('id')
        .where('volume_type_id', '=', id)
        .where('deleted', '=', 0)
        .limit(1)
        .executeTakeFirst();
      const group = await db
        .selectFrom('group_volume_type_mapping')
        .select('id')
        .where('volume_type_id', '=', id)
        .where('deleted', '=', 0)
        .limit(1)
        .executeTakeFirst();
      if (volume !== undefined || group !== undefined) {
        return 'in-use';
      }
      const now = timestampNow(this.#source);
      if ((await softDelete(db, 'volume_types', 'id', id, now)) === 0) {
        return 'gone';
      }
      await softDelete(db, 'volume_type_extra_specs', 'volume_type_id', id, now);
      await softDelete(db, 'encryption', 'volume_type_id', id, now);
      await endAccess(db, id, null, now);
      return 'deleted';
    });
  }

  hasAccess(id: string, projectId: string): Promise<boolean> {
    return this.#session.run(async (db) => (await accessOf(db, id)).includes(projectId));
  }

  accessList(id: string): Promise<readonly string[]> {
    return this.#session.run((db) => accessOf(db, id));
  }

  addAccess(id: string, projectId: string): Promise<boolean> {
    return this.#session.run(async (db) => {
      const result = await db
        .insertInto('volume_type_projects')
        .values({
          created_at: timestampNow(this.#source),
          volume_type_id: id,
          project_id: projectId,
          deleted: 0,
        })
        .onConflict((conflict) => conflict.columns(['volume_type_id', 'project_id', 'deleted']).doNothing())
        .executeTakeFirst();
      return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
    });
  }

  removeAccess(id: string, projectId: string): Promise<boolean> {
    return this.#session.run(
      async (db) => (await endAccess(db, id, projectId, timestampNow(this.#source))) > 0n,
    );
  }
}

function rowById(db: Executor, id: string): Promise<TypeRow | undefined> {
  return db
    .selectFrom('volume_types')
    .selectAll()
    .where('id', '=', id)
    .where('deleted', '=', 0)
    .executeTakeFirst();
}

function rowByName(db: Executor, name: string): Promise<TypeRow | undefined> {
  return db
    .selectFrom('volume_types')
    .selectAll()
    .where('name', '=', name)
    .where('deleted', '=', 0)
    .executeTakeFirst();
}

async function firstOf(db: Executor, row: TypeRow | undefined): Promise<VolumeTypeRecord | null> {
  const [type] = await withExtraSpecs(db, row === undefined ? [] : [row]);
  return type ?? null;
}

async function withExtraSpecs(db: Executor, rows: readonly TypeRow[]): Promise<readonly VolumeTypeRecord[]> {
  const specs = await loadPairs(
    db,
    'volume_type_extra_specs',
    rows.map((row) => row.id),
  );
  return rows.map((row) => parseType(row, specs.of(row.id)));
}

async function accessOf(db: Executor, id: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('volume_type_projects')
    .selectAll()
    .where('volume_type_id', '=', id)
    .where('deleted', '=', 0)
    .orderBy('id')
    .execute();
  return rows.map((row) => new RowReader('volume_type_projects', row, row.id).text('project_id'));
}

/** Of one project, or of all. `deleted` becomes the row's id here, so that the same access can be given again. */
async function endAccess(db: Executor, id: string, projectId: string | null, now: string): Promise<bigint> {
  const live = db
    .updateTable('volume_type_projects')
    .set({ deleted: sql<number>`id`, deleted_at: now })
    .where('volume_type_id', '=', id)
    .where('deleted', '=', 0);
  const chosen = projectId === null ? live : live.where('project_id', '=', projectId);
  return (await chosen.executeTakeFirst()).numUpdatedRows;
}

function parseType(row: TypeRow, extraSpecs: Metadata): VolumeTypeRecord {
  const reader = new RowReader('volume_types', row, row.id);
  return {
    id: reader.text('id'),
    name: reader.text('name'),
    description: reader.textOrNull('description'),
    isPublic: reader.boolean('is_public'),
    qosSpecsId: reader.textOrNull('qos_specs_id'),
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
    extraSpecs,
  };
}
