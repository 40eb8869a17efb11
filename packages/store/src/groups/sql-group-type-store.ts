import type { Selectable } from 'kysely';
import { deletePair, insertPairs, loadPairs, setPairs } from '../database/pairs.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import { softDelete } from '../database/soft-delete.ts';
import type { Database } from '../database/tables.ts';
import { flag } from '../database/values.ts';
import { StoreError } from '../errors.ts';
import type { GroupTypeRecord, Metadata } from '../records.ts';
import type { GroupTypeChange, GroupTypeStore, NewGroupType } from './group-type-store.ts';

type TypeRow = Selectable<Database['group_types']>;

export class SqlGroupTypeStore implements GroupTypeStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(type: NewGroupType): ReturnType<GroupTypeStore['insert']> {
    return this.#session.atomic(async (db) => {
      if ((await rowBy(db, 'name', type.name)) !== undefined) {
        return { kind: 'name-taken' };
      }
      const now = timestampNow(this.#source);
      const row = await db
        .insertInto('group_types')
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
      await insertPairs(db, 'group_type_specs', type.id, type.groupSpecs, now);
      return { kind: 'created', type: parseType(row, type.groupSpecs) };
    });
  }

  get(id: string): Promise<GroupTypeRecord | null> {
    return this.#session.run(async (db) => firstOf(db, await rowBy(db, 'id', id)));
  }

  findByName(name: string): Promise<GroupTypeRecord | null> {
    return this.#session.run(async (db) => firstOf(db, await rowBy(db, 'name', name)));
  }

  list(visibleTo: string | null): Promise<readonly GroupTypeRecord[]> {
    return this.#session.run(async (db) => {
      const live = db.selectFrom('group_types').selectAll().where('deleted', '=', 0);
      const visible =
        visibleTo === null
          ? live
          : live.where((eb) =>
              eb.or([
                eb('is_public', '=', 1),
                eb.exists(
                  eb
                    .selectFrom('group_type_projects')
                    .select('group_type_projects.id')
                    .whereRef('group_type_projects.group_type_id', '=', 'group_types.id')
                    .where('group_type_projects.project_id', '=', visibleTo)
                    .where('group_type_projects.deleted', '=', 0),
                ),
              ]),
            );
      return withSpecs(db, await visible.orderBy('name').orderBy('id').execute());
    });
  }

  update(id: string, change: GroupTypeChange): ReturnType<GroupTypeStore['update']> {
    return this.#session.atomic(async (db) => {
      const row = await rowBy(db, 'id', id);
      if (row === undefined) {
        return 'gone';
      }
      const renamed = change.name !== undefined && change.name !== row.name;
      if (renamed && (await rowBy(db, 'name', change.name)) !== undefined) {
        return 'name-taken';
      }
      await db
        .updateTable('group_types')
        .set({
          name: change.name,
          description: change.description,
          is_public: change.isPublic === undefined ? undefined : flag(change.isPublic),
          updated_at: timestampNow(this.#source),
        })
        .where('id', '=', id)
        .execute();
      return 'updated';
    });
  }

  setGroupSpecs(id: string, specs: Metadata): Promise<void> {
    return this.#session.atomic(async (db) => {
      if ((await rowBy(db, 'id', id)) === undefined) {
        throw new StoreError('constraint', `there is no group type ${id}`);
      }
      await setPairs(db, 'group_type_specs', id, specs, 'merge', timestampNow(this.#source));
    });
  }

  deleteGroupSpec(id: string, key: string): Promise<boolean> {
    return this.#session.run((db) => deletePair(db, 'group_type_specs', id, key, timestampNow(this.#source)));
  }

  delete(id: string): ReturnType<GroupTypeStore['delete']> {
    return this.#session.atomic(async (db) => {
      const group = await db
        .selectFrom('groups')
        .select('id')
        .where('group_type_id', '=', id)
        .where('deleted', '=', 0)
        .limit(1)
        .executeTakeFirst();
      if (group !== undefined) {
        return 'in-use';
      }
      const now = timestampNow(this.#source);
      if ((await softDelete(db, 'group_types', 'id', id, now)) === 0) {
        return 'gone';
      }
      await softDelete(db, 'group_type_specs', 'group_type_id', id, now);
      return 'deleted';
    });
  }

  hasAccess(id: string, projectId: string): Promise<boolean> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('group_type_projects')
        .select('id')
        .where('group_type_id', '=', id)
        .where('project_id', '=', projectId)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      return row !== undefined;
    });
  }
}

function rowBy(db: Executor, column: 'id' | 'name', value: string): Promise<TypeRow | undefined> {
  return db
    .selectFrom('group_types')
    .selectAll()
    .where(column, '=', value)
    .where('deleted', '=', 0)
    .executeTakeFirst();
}

async function firstOf(db: Executor, row: TypeRow | undefined): Promise<GroupTypeRecord | null> {
  const [type] = await withSpecs(db, row === undefined ? [] : [row]);
  return type ?? null;
}

async function withSpecs(db: Executor, rows: readonly TypeRow[]): Promise<readonly GroupTypeRecord[]> {
  const specs = await loadPairs(
    db,
    'group_type_specs',
    rows.map((row) => row.id),
  );
  return rows.map((row) => parseType(row, specs.of(row.id)));
}

function parseType(row: TypeRow, groupSpecs: Metadata): GroupTypeRecord {
  const reader = new RowReader('group_types', row, row.id);
  return {
    id: reader.text('id'),
    name: reader.text('name'),
    description: reader.textOrNull('description'),
    isPublic: reader.boolean('is_public'),
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
    groupSpecs,
  };
}
