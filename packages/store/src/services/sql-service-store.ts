import type { Selectable } from 'kysely';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import { flag } from '../database/values.ts';
import type { ServiceRecord } from '../records.ts';
import type { ServiceChange, ServiceStore } from './service-store.ts';

type Binary = ServiceRecord['binary'];
type ServiceRow = Selectable<Database['services']>;

const binaries = ['cinder-volume', 'cinder-scheduler'] as const satisfies readonly Binary[];

/** The RPC version each service of Cinder 21 speaks. Source: the rows Cinder 21 writes at its start. */
const rpcVersionOf = { 'cinder-volume': '3.18', 'cinder-scheduler': '3.12' } as const satisfies Record<
  Binary,
  string
>;

/** The history of versioned objects that Cinder 21 knows. */
const objectVersion = '1.39';

export class SqlServiceStore implements ServiceStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  register(service: {
    readonly host: string;
    readonly binary: Binary;
    readonly availabilityZone: string;
  }): Promise<ServiceRecord> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      const advertised = {
        availability_zone: service.availabilityZone,
        rpc_current_version: rpcVersionOf[service.binary],
        object_current_version: objectVersion,
        updated_at: now,
      };
      const known = await findRow(db, service.host, service.binary);
      if (known !== undefined) {
        const row = await db
          .updateTable('services')
          .set(advertised)
          .where('id', '=', known.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return parseService(row);
      }
      const row = await db
        .insertInto('services')
        .values({
          ...advertised,
          created_at: now,
          deleted: 0,
          uuid: this.#source.uuid(),
          host: service.host,
          binary: service.binary,
          topic: service.binary,
          report_count: 0,
          disabled: 0,
          replication_status: 'not-capable',
          frozen: 0,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return parseService(row);
    });
  }

  list(): Promise<readonly ServiceRecord[]> {
    return this.#session.run(async (db) => {
      const rows = await db
        .selectFrom('services')
        .selectAll()
        .where('deleted', '=', 0)
        .orderBy('id')
        .execute();
      return rows.map(parseService);
    });
  }

  find(host: string, binary: Binary): Promise<ServiceRecord | null> {
    return this.#session.run(async (db) => {
      const row = await findRow(db, host, binary);
      return row === undefined ? null : parseService(row);
    });
  }

  heartbeat(id: number): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .updateTable('services')
        .set((eb) => ({
          report_count: eb('report_count', '+', 1),
          updated_at: timestampNow(this.#source),
        }))
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
    });
  }

  setDisabled(id: number, disabled: boolean, reason: string | null): Promise<void> {
    return this.#session.run(async (db) => {
      // Not updated_at: that is the last sign of life, and an operator's change is none.
      await db
        .updateTable('services')
        .set({
          disabled: flag(disabled),
          disabled_reason: reason,
          modified_at: timestampNow(this.#source),
        })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
    });
  }

  update(id: number, change: ServiceChange): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .updateTable('services')
        .set({
          ...(change.disabled === undefined ? {} : { disabled: flag(change.disabled) }),
          ...(change.disabledReason === undefined ? {} : { disabled_reason: change.disabledReason }),
          ...(change.replicationStatus === undefined ? {} : { replication_status: change.replicationStatus }),
          ...(change.frozen === undefined ? {} : { frozen: flag(change.frozen) }),
          ...(change.activeBackendId === undefined ? {} : { active_backend_id: change.activeBackendId }),
          modified_at: timestampNow(this.#source),
        })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
    });
  }
}

function findRow(db: Executor, host: string, binary: Binary): Promise<ServiceRow | undefined> {
  return db
    .selectFrom('services')
    .selectAll()
    .where('host', '=', host)
    .where('binary', '=', binary)
    .where('deleted', '=', 0)
    .executeTakeFirst();
}

function parseService(row: ServiceRow): ServiceRecord {
  const reader = new RowReader('services', row, row.id);
  return {
    id: reader.integer('id'),
    uuid: reader.text('uuid'),
    host: reader.text('host'),
    binary: reader.oneOf('binary', binaries),
    topic: reader.text('topic'),
    reportCount: reader.integer('report_count'),
    disabled: reader.boolean('disabled'),
    disabledReason: reader.textOrNull('disabled_reason'),
    availabilityZone: reader.text('availability_zone'),
    replicationStatus: reader.textOrNull('replication_status'),
    frozen: reader.boolean('frozen'),
    activeBackendId: reader.textOrNull('active_backend_id'),
    clusterName: reader.textOrNull('cluster_name'),
    createdAt: reader.date('created_at'),
    updatedAt: reader.dateOrNull('updated_at'),
  };
}
