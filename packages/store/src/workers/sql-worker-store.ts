import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Session } from '../database/session.ts';
import type { WorkerResource, WorkerStore } from './worker-store.ts';

const resources = ['Volume', 'Snapshot'] as const satisfies readonly WorkerResource[];

/** Cinder's row that probes the database for parts of a second: no work. */
const sentinel = 'SENTINEL';

export class SqlWorkerStore implements WorkerStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  set(resource: WorkerResource, id: string, status: string, serviceId: number | null): Promise<void> {
    return this.#session.run(async (db) => {
      const now = timestampNow(this.#source);
      await db
        .insertInto('workers')
        .values({
          created_at: now,
          updated_at: now,
          deleted: 0,
          resource_type: resource,
          resource_id: id,
          status,
          service_id: serviceId,
          race_preventer: 0,
        })
        .onConflict((conflict) =>
          conflict.columns(['resource_type', 'resource_id']).doUpdateSet((eb) => ({
            status,
            service_id: serviceId,
            updated_at: now,
            deleted: 0,
            deleted_at: null,
            // Whoever claimed the row before sees that it is no longer theirs.
            race_preventer: eb('workers.race_preventer', '+', 1),
          })),
        )
        .execute();
    });
  }

  clear(resource: WorkerResource, id: string): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .deleteFrom('workers')
        .where('resource_type', '=', resource)
        .where('resource_id', '=', id)
        .execute();
    });
  }

  list(): ReturnType<WorkerStore['list']> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('workers')
        .selectAll()
        .where('deleted', '=', 0)
        .where('resource_type', '<>', sentinel)
        .orderBy('id')
        .execute();
      return rows.map((row) => {
        const reader = new RowReader('workers', row, row.id);
        return {
          resource: reader.oneOf('resource_type', resources),
          id: reader.text('resource_id'),
          status: reader.text('status'),
          serviceId: reader.integerOrNull('service_id'),
        };
      });
    });
  }
}
