import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { laterStep } from '../http/later-step.ts';
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
import { type Parameters, type Rest1Client, single } from './client.ts';
import { nameFilter, size, time } from './fields.ts';

const scheduleRow = z.object({ replicate_enabled: z.boolean(), replicate_frequency: z.int() });
const retentionRow = z.object({ target_all_for: z.int(), target_per_day: z.int(), target_days: z.int() });
const targetsRow = z.object({
  targets: optional(z.array(z.object({ name: z.string(), allowed: optional(z.boolean()) }))),
});

/** `GET pgroup/SRC:PG` with `snap` and `transfer` */
const transferRow = z.object({
  name: z.string(),
  started: optional(time),
  completed: optional(time),
  progress: optional(z.number()),
});

const nameRow = z.object({ name: z.string() });
const partRow = z.object({ name: z.string(), size });

/** Replication of protection groups to other arrays over REST 1.x (sections 2.7 and 4.3): durations are seconds. */
export class Rest1Replication {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** In one round `GET pgroup/PG` with `schedule`, and with `retention`. */
  settings(name: string, options?: CallOptions): Promise<GroupReplication> {
    return this.#client.run(options, async (call) => {
      const [schedule, retention] = await Promise.all([
        this.#client.get(call, ['pgroup', name], { schedule: true }, single(scheduleRow)),
        this.#client.get(call, ['pgroup', name], { retention: true }, single(retentionRow)),
      ]);
      return {
        enabled: schedule.replicate_enabled,
        frequency: schedule.replicate_frequency * 1000,
        retention: {
          allFor: retention.target_all_for * 1000,
          perDay: retention.target_per_day,
          days: retention.target_days,
        },
      };
    });
  }

  /** `PUT pgroup/PG` for the retention, then `PUT pgroup/PG` for the schedule, which may start at once. */
  setSettings(name: string, change: Partial<GroupReplication>, options?: CallOptions): Promise<void> {
    const { enabled, frequency, retention } = change;
    const schedule = {
      ...(enabled === undefined ? {} : { replicate_enabled: enabled }),
      ...(frequency === undefined ? {} : { replicate_frequency: frequency / 1000 }),
    };
    return this.#client.run(options, async (call) => {
      if (retention !== undefined) {
        await this.#client.send(call, 'PUT', ['pgroup', name], {
          target_all_for: retention.allFor / 1000,
          target_per_day: retention.perDay,
          target_days: retention.days,
        });
      }
      if (Object.keys(schedule).length > 0) {
        const step = this.#client.send(call, 'PUT', ['pgroup', name], schedule);
        await (retention === undefined ? step : laterStep(step));
      }
    });
  }

  /** `GET pgroup/PG` */
  targets(name: string, options?: CallOptions): Promise<readonly ProtectionGroupTarget[]> {
    return this.#client.run(options, async (call) => {
      const { targets } = await this.#client.get(call, ['pgroup', name], {}, single(targetsRow));
      return (targets ?? []).map((target) => ({ array: target.name, allowed: target.allowed === true }));
    });
  }

  /** `PUT pgroup/PG` with `addtargetlist` */
  addTarget(name: string, array: string, options?: CallOptions): Promise<void> {
    return this.#put(name, { addtargetlist: [array] }, options);
  }

  /** `PUT pgroup/SRC:PG` with `allowed` */
  allow(name: string, options?: CallOptions): Promise<void> {
    return this.#put(name, { allowed: true }, options);
  }

  /** `GET pgroup/SRC:PG` with `snap` and `transfer`, which shows live snapshots only. */
  snapshots(name: string, options?: CallOptions): Promise<readonly ReplicatedSnapshot[]> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.get(call, ['pgroup', name], { snap: true, transfer: true }, z.array(transferRow)),
        [],
      );
      return newestFirst(
        rows.flatMap(({ name: snapshot, started, completed, progress }) =>
          started === null || !beginsWith(snapshot, `${name}.`)
            ? []
            : [{ name: snapshot, started, complete: progress === 1 && completed !== null }],
        ),
      );
    });
  }

  /**
   * `GET volume` with `snap`, filtered by name where the version surely filters, else all snapshots of the array: the
   * form of REST 1.3 that asks for those of one group snapshot was taken away later (section 6.3). When there are none,
   * `GET pgroup/SRC:PG` with `snap`.
   */
  volumes(snapshot: string, options?: CallOptions): Promise<readonly ReplicatedVolume[]> {
    const prefix = `${snapshot}.`;
    return this.#client.run(options, async (call) => {
      const parameters: Parameters = { snap: true, ...nameFilter(this.#client, `${prefix}*`) };
      const rows = await this.#client.all(call, ['volume'], parameters, partRow);
      const parts = rows.filter((row) => beginsWith(row.name, prefix));
      if (parts.length === 0) {
        await this.#requireSnapshot(call, snapshot);
      }
      return parts.map((row) => ({
        snapshot: row.name,
        volume: row.name.slice(prefix.length),
        size: row.size,
      }));
    });
  }

  async #requireSnapshot(call: Call, name: string): Promise<void> {
    const path = ['pgroup', name.slice(0, name.lastIndexOf('.'))] as const;
    const rows = await unlessAbsent(() => this.#client.get(call, path, { snap: true }, z.array(nameRow)), []);
    if (!rows.some((row) => isSameName(row.name, name))) {
      throw this.#client.refused(
        'GET',
        ['pgroup', name],
        'not-found',
        'Protection group snapshot does not exist.',
      );
    }
  }

  #put(name: string, body: object, options: CallOptions | undefined): Promise<void> {
    return this.#client.run(options, (call) =>
      unlessPresent(this.#client.send(call, 'PUT', ['pgroup', name], body)),
    );
  }
}
