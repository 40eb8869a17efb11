import { type Selectable, sql } from 'kysely';
import { inChunks } from '../database/chunks.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Executor, Session } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import { formatTimestamp } from '../database/values.ts';
import { StoreError } from '../errors.ts';
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
      await this.#changeUse(db, projectId, asked.resources);
      return { kind: 'charged' };
    });
  }

  reserve(projectId: string, deltas: QuotaDeltas): Promise<ReserveOutcome> {
    return this.#session.atomic(async (db) => {
      const asked = await askFor(db, projectId, deltas);
      if (asked.kind === 'over-quota') {
        return asked;
      }
      return { kind: 'reserved', reservation: await this.#reserveAll(db, projectId, asked.resources) };
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
      await this.#changeUse(
        db,
        projectId,
        Object.entries(deltas).flatMap(([resource, delta]) =>
          delta === 0 ? [] : [{ resource, delta, usage: usages.get(resource) ?? unused }],
        ),
      );
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

  async #changeUse(db: Executor, projectId: string, asked: readonly Asked[]): Promise<void> {
    const now = timestampNow(this.#source);
    const found = await ensureUsages(db, projectId, asked, now);
    const changes = found.map(({ usageId, delta }) => ({ id: usageId, inUse: delta, reserved: 0 }));
    await changeUsages(db, changes, now);
  }

  /** Only what is asked for on top is held back; what will be given back is not free before it is committed. */
  async #reserveAll(db: Executor, projectId: string, asked: readonly Asked[]): Promise<Reservation> {
    const now = timestampNow(this.#source);
    const found = await ensureUsages(db, projectId, asked, now);
    const rows = found.map(({ usageId, resource, delta }) => ({
      created_at: now,
      deleted: 0 as const,
      uuid: this.#source.uuid(),
      usage_id: usageId,
      project_id: projectId,
      resource,
      delta,
      expire: formatTimestamp(this.#source.now() + reservationLifetime),
    }));
    if (rows.length > 0) {
      await db.insertInto('reservations').values(rows).execute();
    }
    const held = found.map(({ usageId, delta }) => ({ id: usageId, inUse: 0, reserved: Math.max(0, delta) }));
    await changeUsages(db, held, now);
    return rows.map(({ uuid }) => uuid);
  }

  async #end(db: Executor, rows: readonly ReservationRow[], how: 'use' | 'give-back'): Promise<void> {
    const changes: UsageChange[] = [];
    for (const row of rows) {
      const reader = new RowReader('reservations', row, row.id);
      const delta = reader.integer('delta');
      const id = reader.integerOrNull('usage_id');
      if (id !== null) {
        changes.push({ id, inUse: how === 'use' ? delta : 0, reserved: delta > 0 ? -delta : 0 });
      }
    }
    await changeUsages(db, changes, timestampNow(this.#source));
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

/** What is asked, with the rows that count it; those that are not there yet are made. */
async function ensureUsages(
  db: Executor,
  projectId: string,
  asked: readonly Asked[],
  now: string,
): Promise<readonly (Asked & { readonly usageId: number })[]> {
  const missing = asked.filter(({ usage }) => usage.id === null);
  const made =
    missing.length === 0
      ? []
      : await db
          .insertInto('quota_usages')
          .values(
            missing.map(({ resource }) => ({
              created_at: now,
              deleted: 0 as const,
              project_id: projectId,
              resource,
              in_use: 0,
              reserved: 0,
              race_preventer: 1 as const,
            })),
          )
          .returning(['id', 'resource'])
          .execute();
  const idOf = new Map(made.map(({ id, resource }) => [resource, id]));
  return asked.map((one) => {
    const usageId = one.usage.id ?? idOf.get(one.resource);
    if (usageId === undefined) {
      throw new StoreError('failure', `the usage of ${one.resource} was not made`);
    }
    return { ...one, usageId };
  });
}

interface UsageChange {
  readonly id: number;
  readonly inUse: number;
  readonly reserved: number;
}

/** One statement, however many resources there are. Counts never go below zero, even when rows were changed behind our back. */
async function changeUsages(db: Executor, changes: readonly UsageChange[], now: string): Promise<void> {
  const totals = new Map<number, UsageChange>();
  for (const { id, inUse, reserved } of changes) {
    const before = totals.get(id) ?? { id, inUse: 0, reserved: 0 };
    totals.set(id, { id, inUse: before.inUse + inUse, reserved: before.reserved + reserved });
  }
  const rows = [...totals.values()].filter(({ inUse, reserved }) => inUse !== 0 || reserved !== 0);
  for (const chunk of inChunks(rows)) {
    const by = (column: 'inUse' | 'reserved') =>
      sql<number>`case id ${sql.join(
        chunk.map((row) => sql`when ${row.id} then ${row[column]}`),
        sql` `,
      )} end`;
    await sql`
      update quota_usages set
        in_use = max(0, in_use + ${by('inUse')}), reserved = max(0, reserved + ${by('reserved')}),
        updated_at = ${now}
      where id in (${sql.join(chunk.map(({ id }) => id))})`.execute(db);
  }
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
