import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import { unlessPresent } from '../http/unless-present.ts';
import type { CallOptions } from '../port/call-options.ts';
import type {
  GroupReplication,
  ProtectionGroupTarget,
  ReplicatedSnapshot,
  ReplicatedVolume,
} from '../port/protection-groups.ts';
import { newestFirst } from '../shared/newest-first.ts';
import { beginsWith, isSameName } from '../shared/object-name.ts';
import type { Rest2Client } from './client.ts';
import { requiredName, size, time } from './fields.ts';
import { quoted } from './query.ts';

/** From REST 2.47 on `per_day` is deprecated, and a period may be longer than a day (section 7.8). */
const retention = z
  .object({
    all_for_sec: z.int(),
    days: z.int(),
    per_day: optional(z.int()),
    per_period: optional(z.int()),
    period_length_ms: optional(z.int().positive()),
  })
  .transform((row) => ({
    allFor: row.all_for_sec * 1000,
    perDay: row.per_day ?? ((row.per_period ?? 0) * day) / (row.period_length_ms ?? day),
    days: row.days,
  }));

const settingsRow = z.object({
  name: z.string(),
  replication_schedule: z.object({ enabled: z.boolean(), frequency: z.int() }),
  target_retention: retention,
});

const targetRow = z.object({ allowed: optional(z.boolean()), member: requiredName });

const transferRow = z.object({
  name: z.string(),
  started: optional(time),
  completed: optional(time),
  progress: optional(z.number()),
  destroyed: optional(z.boolean()),
});

const partRow = z.object({ name: z.string(), provisioned: size, destroyed: z.boolean() });
const stateRow = z.object({ name: z.string(), destroyed: z.boolean() });

const day = 86_400_000;

const groups = 'protection-groups';
const targets = 'protection-groups/targets';
const snapshots = 'protection-group-snapshots';

/** Replication of protection groups to other arrays over REST 2.x (sections 7.8 to 7.10 and 8.7). */
export class Rest2Replication {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `GET protection-groups` */
  settings(name: string, options?: CallOptions): Promise<GroupReplication> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.items(call, groups, { names: [name] }, settingsRow);
      const row = rows.find((candidate) => isSameName(candidate.name, name));
      if (row === undefined) {
        throw this.#client.refused('GET', groups, 'not-found', name, 'Protection group does not exist.');
      }
      const { enabled, frequency } = row.replication_schedule;
      return { enabled, frequency, retention: row.target_retention };
    });
  }

  /** `PATCH protection-groups`: milliseconds in the schedule, seconds in the retention. */
  async setSettings(name: string, change: Partial<GroupReplication>, options?: CallOptions): Promise<void> {
    const { enabled, frequency, retention: kept } = change;
    const schedule = {
      ...(enabled === undefined ? {} : { enabled }),
      ...(frequency === undefined ? {} : { frequency }),
    };
    const body = {
      ...(Object.keys(schedule).length === 0 ? {} : { replication_schedule: schedule }),
      ...(kept === undefined
        ? {}
        : {
            target_retention: { all_for_sec: kept.allFor / 1000, per_day: kept.perDay, days: kept.days },
          }),
    };
    if (Object.keys(body).length > 0) {
      await this.#client.run(options, (call) =>
        this.#client.send(call, 'PATCH', groups, { names: [name] }, body),
      );
    }
  }

  /** `GET protection-groups/targets` */
  targets(name: string, options?: CallOptions): Promise<readonly ProtectionGroupTarget[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, targets, { group_names: [name] }, targetRow);
      return rows.map(({ member, allowed }) => ({ array: member, allowed: allowed === true }));
    });
  }

  /** `POST protection-groups/targets` */
  addTarget(name: string, array: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      unlessPresent(this.#client.send(call, 'POST', targets, { group_names: [name], member_names: [array] })),
    );
  }

  /** `PATCH protection-groups/targets` */
  allow(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      unlessPresent(this.#client.send(call, 'PATCH', targets, { group_names: [name] }, { allowed: true })),
    );
  }

  /**
   * `GET protection-group-snapshots/transfer`, filtered by the names of the snapshots: what it makes of the name of a
   * group is not settled (section 12).
   */
  snapshots(name: string, options?: CallOptions): Promise<readonly ReplicatedSnapshot[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(
        call,
        `${snapshots}/transfer`,
        { filter: `name=${quoted(`${name}.*`)}`, destroyed: false },
        transferRow,
      );
      const ours = rows.filter((row) => beginsWith(row.name, `${name}.`) && row.destroyed !== true);
      return newestFirst(
        ours.flatMap(({ name: snapshot, started, completed, progress }) =>
          started === null
            ? []
            : [{ name: snapshot, started, complete: progress === 1 && completed !== null }],
        ),
      );
    });
  }

  /** `GET volume-snapshots`, filtered by name; `GET protection-group-snapshots` when there are none. */
  volumes(snapshot: string, options?: CallOptions): Promise<readonly ReplicatedVolume[]> {
    const prefix = `${snapshot}.`;
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(
        call,
        'volume-snapshots',
        { filter: `name=${quoted(`${prefix}*`)}`, destroyed: false },
        partRow,
      );
      const parts = rows.filter((row) => beginsWith(row.name, prefix) && !row.destroyed);
      if (parts.length === 0) {
        await this.#requireSnapshot(call, snapshot);
      }
      return parts.map((row) => ({
        snapshot: row.name,
        volume: row.name.slice(prefix.length),
        size: row.provisioned,
      }));
    });
  }

  async #requireSnapshot(call: Call, name: string): Promise<void> {
    const rows = await unlessAbsent(
      () => this.#client.items(call, snapshots, { names: [name] }, stateRow),
      [],
    );
    if (!rows.some((row) => isSameName(row.name, name) && !row.destroyed)) {
      throw this.#client.refused(
        'GET',
        snapshots,
        'not-found',
        name,
        'Protection group snapshot does not exist.',
      );
    }
  }
}
