import type { Selectable } from 'kysely';
import { inChunks } from '../database/chunks.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import { formatTimestamp } from '../database/values.ts';
import { exceeds, limitOf, readLimits } from './quota-limits.ts';
import type {
  ChargeOutcome,
  OverQuota,
  QuotaDeltas,
  QuotaStore,
  Reservation,
  ReserveOutcome,
} from './quota-store.ts';

/** How long a reservation counts when nobody ends it, in milliseconds. Source: Cinder's `reservation_expire`. */
const reservationLifetime = 86_400_000;

type ReservationRow = Selectable<Database['reservations']>;

interface Usage {
  /** Null until the first reservation makes the row. */
  readonly id: number | null;
  readonly inUse: number;
  readonly reserved: number;
}

const unused: Usage = { id: null, inUse: 0, reserved: 0 };

/** Quotas by Cinder's arithmetic; each method is one transaction. */
export class SqlQuotaStore implements QuotaStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  limits(projectId: string): Promise<Readonly<Record<string, number>>> {
    return this.#session.run(async (db) => Object.fromEntries(await readLimits(db, projectId)));
  }

  usages(projectId: string): ReturnType<QuotaStore['usages']> {
    return this.#session.run(async (db) => {
      const usages = await readUsages(db, projectId);
      return Object.fromEntries([...usages].map(([resource, usage]) => [resource, counts(usage)]));
    });
  }

  charge(projectId: string, deltas: QuotaDeltas): Promise<ChargeOutcome> {
    return this.#session.atomic(async (db) => {
      const asked = await askFor(db, projectId, deltas);
      if (asked.kind === 'over-quota') {
        return asked;
      }
      for (const { resource, delta, usage } of asked.resources) {
        await this.#changeUse(db, projectId, resource, delta, usage);
      }
      return { kind: 'charged' };
    });
  }

  reserve(projectId: string, deltas: QuotaDeltas): Promise<ReserveOutcome> {
    return this.#session.atomic(async (db) => {
      const asked = await askFor(db, projectId, deltas);
      if (asked.kind === 'over-quota') {
        return asked;
      }
      const reservation: string[] = [];
      for (const { resource, delta, usage } of asked.resources) {
        reservation.push(await this.#reserveOne(db, projectId, resource, delta, usage));
      }
      return { kind: 'reserved', reservation };
    });
  }

  commit(reservation: Reservation): Promise<void> {
    return this.#session.atomic(async (db) => {
      await this.#end(db, await openReservations(db, reservation), 'use');
    });
  }

  rollback(reservation: Reservation): Promise<void> {
    return this.#session.atomic(async (db) => {
      await this.#end(db, await openReservations(db, reservation), 'give-back');
    });
  }

  change(projectId: string, deltas: QuotaDeltas): Promise<void> {
    return this.#session.atomic(async (db) => {
      const usages = await readUsages(db, projectId);
      for (const [resource, delta] of Object.entries(deltas)) {
        if (delta !== 0) {
          await this.#changeUse(db, projectId, resource, delta, usages.get(resource) ?? unused);
        }
      }
    });
  }

  expire(): Promise<number> {
    return this.#session.atomic(async (db) => {
      const expired = await db
        .selectFrom('reservations')
        .selectAll()
        .where('deleted', '=', 0)
        .where('expire', '<', timestampNow(this.#source))
        .orderBy('id')
        .execute();
      await this.#end(db, expired, 'give-back');
      return expired.length;
    });
  }

  setLimits(projectId: string, limits: Readonly<Record<string, number>>): Promise<void> {
    return this.#session.atomic(async (db) => {
      const now = timestampNow(this.#source);
      for (const [resource, limit] of Object.entries(limits)) {
        const updated = await db
          .updateTable('quotas')
          .set({ hard_limit: limit, updated_at: now })
          .where('project_id', '=', projectId)
          .where('resource', '=', resource)
          .where('deleted', '=', 0)
          .executeTakeFirst();
        if (updated.numUpdatedRows === 0n) {
          await db
            .insertInto('quotas')
            .values({
              created_at: now,
              deleted: 0,
              project_id: projectId,
              resource,
              hard_limit: limit,
              allocated: 0,
            })
            .execute();
        }
      }
    });
  }

  deleteLimits(projectId: string): Promise<void> {
    return this.#session.run(async (db) => {
      await db
        .updateTable('quotas')
        .set({ deleted: 1, deleted_at: timestampNow(this.#source) })
        .where('project_id', '=', projectId)
        .where('deleted', '=', 0)
        .execute();
    });
  }

  async #changeUse(
    db: Executor,
    projectId: string,
    resource: string,
    delta: number,
    usage: Usage,
  ): Promise<void> {
    const now = timestampNow(this.#source);
    const usageId = usage.id ?? (await insertUsage(db, projectId, resource, now));
    await db
      .updateTable('quota_usages')
      .set((eb) => ({
        in_use: eb.fn('max', [eb.val(0), eb('in_use', '+', delta)]),
        updated_at: now,
      }))
      .where('id', '=', usageId)
      .execute();
  }

  /** Only what is asked for on top is held back; what will be given back is not free before it is committed. */
  async #reserveOne(
    db: Executor,
    projectId: string,
    resource: string,
    delta: number,
    usage: Usage,
  ): Promise<string> {
    const now = timestampNow(this.#source);
    const usageId = usage.id ?? (await insertUsage(db, projectId, resource, now));
    const uuid = this.#source.uuid();
    await db
      .insertInto('reservations')
      .values({
        created_at: now,
        deleted: 0,
        uuid,
        usage_id: usageId,
        project_id: projectId,
        resource,
        delta,
        expire: formatTimestamp(this.#source.now() + reservationLifetime),
      })
      .execute();
    if (delta > 0) {
      await db
        .updateTable('quota_usages')
        .set((eb) => ({ reserved: eb('reserved', '+', delta), updated_at: now }))
        .where('id', '=', usageId)
        .execute();
    }
    return uuid;
  }

  async #end(db: Executor, rows: readonly ReservationRow[], how: 'use' | 'give-back'): Promise<void> {
    const now = timestampNow(this.#source);
    for (const row of rows) {
      const reader = new RowReader('reservations', row, row.id);
      const delta = reader.integer('delta');
      const usageId = reader.integerOrNull('usage_id');
      if (usageId === null || (how === 'give-back' && delta <= 0)) {
        continue;
      }
      await db
        .updateTable('quota_usages')
        .set((eb) => ({
          // Counts never go below zero, even when rows were changed behind our back.
          in_use: how === 'use' ? eb.fn('max', [eb.val(0), eb('in_use', '+', delta)]) : undefined,
          reserved: delta > 0 ? eb.fn('max', [eb.val(0), eb('reserved', '-', delta)]) : undefined,
          updated_at: now,
        }))
        .where('id', '=', usageId)
        .execute();
    }
    // What is done is not kept: nobody looks at it again, and every create would leave some.
    for (const chunk of inChunks(rows.map(({ id }) => id))) {
      await db.deleteFrom('reservations').where('id', 'in', chunk).execute();
    }
  }
}

interface Asked {
  readonly resource: string;
  readonly delta: number;
  readonly usage: Usage;
}

/** What is asked for, beside what is used; `over-quota` when the limits do not allow it. */
async function askFor(
  db: Executor,
  projectId: string,
  deltas: QuotaDeltas,
): Promise<{ readonly kind: 'fits'; readonly resources: readonly Asked[] } | OverQuota> {
  const limits = await readLimits(db, projectId);
  const usages = await readUsages(db, projectId);
  const asked = Object.entries(deltas).map(([resource, delta]) => ({
    resource,
    delta,
    limit: limitOf(limits, resource),
    usage: usages.get(resource) ?? unused,
  }));
  const over = asked.filter(({ limit, usage, delta }) => exceeds(limit, usage, delta));
  return over.length === 0
    ? { kind: 'fits', resources: asked }
    : {
        kind: 'over-quota',
        resources: over.map(({ resource }) => resource),
        limits: Object.fromEntries(asked.map(({ resource, limit }) => [resource, limit])),
        usages: Object.fromEntries(asked.map(({ resource, usage }) => [resource, counts(usage)])),
      };
}

async function readUsages(db: Executor, projectId: string): Promise<ReadonlyMap<string, Usage>> {
  const rows = await db
    .selectFrom('quota_usages')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('deleted', '=', 0)
    .orderBy('id')
    .execute();
  return new Map(
    rows.map((row) => {
      const reader = new RowReader('quota_usages', row, row.id);
      return [
        reader.text('resource'),
        { id: row.id, inUse: reader.integer('in_use'), reserved: reader.integer('reserved') },
      ];
    }),
  );
}

function counts({ inUse, reserved }: Usage): { readonly inUse: number; readonly reserved: number } {
  return { inUse, reserved };
}

async function insertUsage(db: Executor, projectId: string, resource: string, now: string): Promise<number> {
  const row = await db
    .insertInto('quota_usages')
    .values({
      created_at: now,
      deleted: 0,
      project_id: projectId,
      resource,
      in_use: 0,
      reserved: 0,
      race_preventer: 1,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function openReservations(db: Executor, reservation: Reservation): Promise<readonly ReservationRow[]> {
  const found: ReservationRow[] = [];
  for (const chunk of inChunks(reservation)) {
    found.push(
      ...(await db
        .selectFrom('reservations')
        .selectAll()
        .where('deleted', '=', 0)
        .where('uuid', 'in', chunk)
        .orderBy('id')
        .execute()),
    );
  }
  return found;
}
