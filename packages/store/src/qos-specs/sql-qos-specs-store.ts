import type { Selectable } from 'kysely';
import { inChunks } from '../database/chunks.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import { softDelete } from '../database/soft-delete.ts';
import type { Database } from '../database/tables.ts';
import { type QosConsumer, type QosSpecsRecord, qosConsumers } from '../records.ts';
import type { NewQosSpecs, QosSpecsStore } from './qos-specs-store.ts';

type Row = Selectable<Database['quality_of_service_specs']>;

/** Key of the row that carries the name. */
const nameKey = 'QoS_Specs_Name';
const consumerKey = 'consumer';
/** What Cinder takes for specs that were stored without a consumer. */
const defaultConsumer: QosConsumer = 'back-end';

export class SqlQosSpecsStore implements QosSpecsStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(specs: NewQosSpecs): ReturnType<QosSpecsStore['insert']> {
    return this.#session.atomic(async (db) => {
      const taken = await db
        .selectFrom('quality_of_service_specs')
        .select('id')
        .where('key', '=', nameKey)
        .where('value', '=', specs.name)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      if (taken !== undefined) {
        return { kind: 'name-taken' };
      }
      const now = timestampNow(this.#source);
      const parent = await db
        .insertInto('quality_of_service_specs')
        .values({
          id: specs.id,
          specs_id: null,
          key: nameKey,
          value: specs.name,
          created_at: now,
          deleted: 0,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const children = await this.#write(db, specs.id, [], { consumer: specs.consumer, ...specs.specs }, now);
      return { kind: 'created', specs: parseSpecs(parent, children) };
    });
  }

  get(id: string): Promise<QosSpecsRecord | null> {
    return this.#session.run(async (db) => {
      const parent = await parentRow(db, id);
      return parent === undefined ? null : parseSpecs(parent, await childRows(db, [id]));
    });
  }

  list(): Promise<readonly QosSpecsRecord[]> {
    return this.#session.run(async (db) => {
      const parents = await db
        .selectFrom('quality_of_service_specs')
        .selectAll()
        .where('key', '=', nameKey)
        .where('specs_id', 'is', null)
        .where('deleted', '=', 0)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      const children: Row[] = [];
      for (const chunk of inChunks(parents.map(({ id }) => id))) {
        children.push(...(await childRows(db, chunk)));
      }
      return parents.map((parent) =>
        parseSpecs(
          parent,
          children.filter((child) => child.specs_id === parent.id),
        ),
      );
    });
  }

  update(id: string, change: Parameters<QosSpecsStore['update']>[1]): Promise<boolean> {
    return this.#session.atomic(async (db) => {
      if ((await parentRow(db, id)) === undefined) {
        return false;
      }
      const now = timestampNow(this.#source);
      const pairs = {
        ...(change.consumer === undefined ? {} : { consumer: change.consumer }),
        ...change.specs,
      };
      await this.#write(db, id, await childRows(db, [id]), pairs, now);
      await db
        .updateTable('quality_of_service_specs')
        .set({ updated_at: now })
        .where('id', '=', id)
        .execute();
      return true;
    });
  }

  deleteKeys(id: string, keys: readonly string[]): Promise<readonly string[]> {
    return this.#session.atomic(async (db) => {
      const rows = await childRows(db, [id]);
      const present = new Set(rows.map(({ key }) => key));
      const missing = keys.filter((key) => !present.has(key));
      if (missing.length > 0) {
        return missing;
      }
      const now = timestampNow(this.#source);
      for (const row of rows) {
        if (row.key !== null && keys.includes(row.key)) {
          await softDelete(db, 'quality_of_service_specs', 'id', row.id, now);
        }
      }
      return [];
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      await softDelete(db, 'quality_of_service_specs', 'specs_id', id, now);
      return (await softDelete(db, 'quality_of_service_specs', 'id', id, now)) > 0;
    });
  }

  /** Writes what differs. @returns the rows that were added */
  async #write(
    db: Executor,
    id: string,
    present: readonly Row[],
    pairs: Readonly<Record<string, string>>,
    now: string,
  ): Promise<readonly Row[]> {
    const added: Row[] = [];
    for (const [key, value] of Object.entries(pairs)) {
      const row = present.find((candidate) => candidate.key === key);
      if (row === undefined) {
        added.push(
          await db
            .insertInto('quality_of_service_specs')
            .values({ id: this.#source.uuid(), specs_id: id, key, value, created_at: now, deleted: 0 })
            .returningAll()
            .executeTakeFirstOrThrow(),
        );
      } else if (row.value !== value) {
        await db
          .updateTable('quality_of_service_specs')
          .set({ value, updated_at: now })
          .where('id', '=', row.id)
          .execute();
      }
    }
    return added;
  }
}

function parentRow(db: Executor, id: string): Promise<Row | undefined> {
  return db
    .selectFrom('quality_of_service_specs')
    .selectAll()
    .where('id', '=', id)
    .where('specs_id', 'is', null)
    .where('deleted', '=', 0)
    .executeTakeFirst();
}

function childRows(db: Executor, ids: readonly string[]): Promise<readonly Row[]> {
  return db
    .selectFrom('quality_of_service_specs')
    .selectAll()
    .where('specs_id', 'in', [...ids])
    .where('deleted', '=', 0)
    .orderBy('key')
    .execute();
}

function parseSpecs(parent: Row, children: readonly Row[]): QosSpecsRecord {
  const reader = new RowReader('quality_of_service_specs', parent, parent.id);
  const consumer = children.find(({ key }) => key === consumerKey);
  return {
    id: reader.text('id'),
    name: reader.text('value'),
    consumer:
      consumer === undefined
        ? defaultConsumer
        : new RowReader('quality_of_service_specs', consumer, consumer.id).oneOf('value', qosConsumers),
    specs: Object.fromEntries(
      children.flatMap(({ key, value }) =>
        key === null || key === consumerKey ? [] : [[key, value ?? ''] as const],
      ),
    ),
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
  };
}
