import type { Bytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import type {
  ArrayConnection,
  ArrayCounts,
  ArrayIdentity,
  ArrayPerformance,
  ArraySpace,
  Arrays,
} from '../port/arrays.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Rest2Client } from './client.ts';
import { size, time } from './fields.ts';

const identityRow = z
  .object({ id: z.string(), name: z.string(), version: z.string() })
  .transform((row): ArrayIdentity => ({ id: row.id, name: row.name, purityVersion: row.version }));

const controllerRow = z.object({ name: z.string(), status: z.string() });

/** `total_used` takes the place of `total_physical`, which is deprecated; either is enough. */
const used = z
  .object({ total_physical: optional(size), total_used: optional(size) })
  .transform((space, context): Bytes => {
    const found = space.total_physical ?? space.total_used;
    if (found === null) {
      context.addIssue({ code: 'custom', path: ['total_physical'], message: 'missing, as is total_used' });
      return z.NEVER;
    }
    return found;
  });

const figures = z.object({
  total_provisioned: optional(size),
  used_provisioned: optional(size),
  total_reduction: optional(z.number()),
});

const spaceRow = z.object({
  capacity: size,
  space: z.intersection(
    figures,
    used.transform((bytes) => ({ used: bytes })),
  ),
});

const average = z.number().nonnegative();
const optionalAverage = optional(average).transform((value) => value ?? 0);

const performanceRow = z.object({
  time,
  reads_per_sec: average,
  writes_per_sec: average,
  read_bytes_per_sec: average,
  write_bytes_per_sec: average,
  usec_per_read_op: average,
  usec_per_write_op: average,
  queue_depth: optionalAverage,
  queue_usec_per_read_op: optionalAverage,
  queue_usec_per_write_op: optionalAverage,
  queue_usec_per_mirrored_write_op: optionalAverage,
});

/** Fleets (REST 2.38) connect arrays in a third way, which carries no data. */
const connectionRow = z.object({ name: z.string(), status: z.string(), type: z.string() });
const connectionKinds: ReadonlyMap<string, ArrayConnection['kind']> = new Map([
  ['async-replication', 'async'],
  ['sync-replication', 'sync'],
]);

const connectionVersion = 4;

/** The array itself over REST 2.x (sections 7.15, 7.16 and 7.19). */
export class Rest2Arrays implements Arrays {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `GET arrays` */
  identity(options?: CallOptions): Promise<ArrayIdentity> {
    return this.#client.run(options, (call) => this.#client.one(call, 'arrays', identityRow));
  }

  /** `GET controllers`, filtered by the array. */
  readyControllers(options?: CallOptions): Promise<readonly string[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, 'controllers', { filter: "status='ready'" }, controllerRow);
      return rows.filter((row) => row.status === 'ready').map((row) => row.name);
    });
  }

  /**
   * In one round: `GET arrays/space` and, for the counts alone, `GET volumes`, `volume-snapshots`, `hosts`,
   * `protection-groups` with `limit=0`.
   */
  usage(options?: CallOptions): Promise<{ readonly space: ArraySpace; readonly counts: ArrayCounts }> {
    return this.#client.run(options, async (call) => {
      const [space, volumes, snapshots, hosts, protectionGroups] = await Promise.all([
        this.#space(call),
        this.#client.count(call, 'volumes'),
        this.#client.count(call, 'volume-snapshots'),
        this.#client.count(call, 'hosts'),
        this.#client.count(call, 'protection-groups'),
      ]);
      return { space, counts: { volumes, snapshots, hosts, protectionGroups } };
    });
  }

  /** `GET array-connections` */
  connections(options?: CallOptions): Promise<readonly ArrayConnection[]> {
    return this.#client.run(options, async (call) => {
      if (!this.#client.has(connectionVersion)) {
        return [];
      }
      const rows = await this.#client.all(call, 'array-connections', {}, connectionRow);
      return rows.flatMap(({ name, status, type }) => {
        const kind = connectionKinds.get(type);
        return kind === undefined ? [] : [{ array: name, kind, connected: status === 'connected' }];
      });
    });
  }

  /** `GET arrays/performance` without a window, which gives the current sample. */
  performance(options?: CallOptions): Promise<ArrayPerformance | null> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.items(call, 'arrays/performance', {}, performanceRow);
      const [newest] = rows.toSorted((one, other) => other.time - one.time);
      return newest === undefined ? null : toPerformance(newest);
    });
  }

  async #space(call: Call): Promise<ArraySpace> {
    const { capacity, space } = await this.#client.one(call, 'arrays/space', spaceRow);
    return {
      capacity,
      used: space.used,
      provisioned: space.total_provisioned ?? space.used_provisioned ?? (await this.#provisioned(call)),
      totalReduction: space.total_reduction,
    };
  }

  /** Evergreen//One arrays before REST 2.23 report neither figure; the array sums the sizes up. */
  async #provisioned(call: Call): Promise<Bytes> {
    return (await this.#client.total(call, 'volumes', z.object({ provisioned: size }))).provisioned;
  }
}

function toPerformance(row: z.infer<typeof performanceRow>): ArrayPerformance {
  return {
    readsPerSecond: row.reads_per_sec,
    writesPerSecond: row.writes_per_sec,
    readBytesPerSecond: row.read_bytes_per_sec,
    writeBytesPerSecond: row.write_bytes_per_sec,
    usecPerRead: row.usec_per_read_op,
    usecPerWrite: row.usec_per_write_op,
    queueDepth: row.queue_depth,
    queueUsecPerRead: row.queue_usec_per_read_op,
    queueUsecPerWrite: row.queue_usec_per_write_op,
    queueUsecPerMirroredWrite: row.queue_usec_per_mirrored_write_op,
  };
}
