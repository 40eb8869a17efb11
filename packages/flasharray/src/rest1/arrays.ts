import { type Bytes, bytes } from '@cinder-flasharray/common';
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
import { type Rest1Client, single } from './client.ts';
import { size, time } from './fields.ts';

const identityRow = z
  .object({ id: z.string(), array_name: z.string(), version: z.string() })
  .transform((row): ArrayIdentity => ({ id: row.id, name: row.array_name, purityVersion: row.version }));

const controllerRow = z.object({ name: z.string(), status: z.string() });

/** A dict up to REST 1.5, a list of one from 1.6 on; `provisioned` only in later versions. */
const spaceRow = z.object({
  capacity: size,
  total: size,
  provisioned: optional(size),
  total_reduction: optional(z.number()),
});

const sizeRow = z.object({ size });

const average = z.number().nonnegative();
const optionalAverage = optional(average).transform((value) => value ?? 0);

const performanceRow = z.object({
  time,
  reads_per_sec: average,
  writes_per_sec: average,
  output_per_sec: average,
  input_per_sec: average,
  usec_per_read_op: average,
  usec_per_write_op: average,
  queue_depth: optionalAverage,
  queue_usec_per_read_op: optionalAverage,
  queue_usec_per_write_op: optionalAverage,
  queue_usec_per_mirrored_write_op: optionalAverage,
});

/**
 * The type is a list up to REST 1.15, and `replication` before there was any other; the state is a boolean up to 1.16
 * (section 6.3).
 */
const connectionRow = z.object({
  array_name: z.string(),
  type: z.union([z.array(z.string()), z.string().transform((type) => [type])]),
  connected: optional(z.boolean()),
  status: optional(z.string()),
});

/** The components of latency can be asked for from REST 1.16 on (section 2.1). */
const latencyVersion = 16;
const countingVersion = 7;

/** The array itself over REST 1.x (sections 2.1 and 2.2). */
export class Rest1Arrays implements Arrays {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `GET array` */
  identity(options?: CallOptions): Promise<ArrayIdentity> {
    return this.#client.run(options, (call) => this.#client.get(call, ['array'], {}, single(identityRow)));
  }

  /** `GET array` with `controllers` */
  readyControllers(options?: CallOptions): Promise<readonly string[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.get(call, ['array'], { controllers: true }, z.array(controllerRow));
      return rows.filter((row) => row.status === 'ready').map((row) => row.name);
    });
  }

  /**
   * In one round: `GET array` with `space`, and `GET volume`, `volume` with `snap`, `host` and `pgroup`, all with
   * `pending`. From REST 1.7 on each of the four asks for one row and its count; where the space has no `provisioned`,
   * the list of volumes is then read in one piece, because only the sum of their sizes tells: an array that speaks
   * no REST 2 has at most 20,000. Below 1.7 the four lists come whole: there is no other way.
   */
  usage(options?: CallOptions): Promise<{ readonly space: ArraySpace; readonly counts: ArrayCounts }> {
    return this.#client.run(options, async (call) => {
      const pending = { pending: true };
      const [space, volumes, snapshots, hosts, protectionGroups] = await Promise.all([
        this.#client.get(call, ['array'], { space: true }, single(spaceRow)),
        this.#volumes(call),
        this.#client.count(call, ['volume'], { snap: true, ...pending }),
        this.#client.count(call, ['host'], {}),
        this.#client.count(call, ['pgroup'], pending),
      ]);
      return {
        space: {
          capacity: space.capacity,
          used: space.total,
          provisioned: space.provisioned ?? volumes.sizes ?? (await this.#sizes(call)).sum,
          totalReduction: space.total_reduction,
        },
        counts: { volumes: volumes.count, snapshots, hosts, protectionGroups },
      };
    });
  }

  /** `GET array/connection` */
  connections(options?: CallOptions): Promise<readonly ArrayConnection[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.get(call, ['array', 'connection'], {}, z.array(connectionRow));
      return rows.map((row) => ({
        array: row.array_name,
        kind: row.type.includes('sync-replication') ? 'sync' : 'async',
        connected: row.status === null ? row.connected === true : row.status === 'connected',
      }));
    });
  }

  /** `GET array` with `action=monitor` */
  performance(options?: CallOptions): Promise<ArrayPerformance | null> {
    const latency = this.#client.has(latencyVersion) ? { latency: true } : {};
    return this.#client.run(options, async (call) => {
      const parameters = { action: 'monitor', ...latency };
      const rows = await this.#client.get(call, ['array'], parameters, z.array(performanceRow));
      const [newest] = rows.toSorted((one, other) => other.time - one.time);
      return newest === undefined ? null : toPerformance(newest);
    });
  }

  /** The sizes only where the list of volumes has to be read anyway. */
  async #volumes(call: Call): Promise<{ readonly count: number; readonly sizes: Bytes | null }> {
    if (this.#client.has(countingVersion)) {
      return { count: await this.#client.count(call, ['volume'], { pending: true }), sizes: null };
    }
    const { count, sum } = await this.#sizes(call);
    return { count, sizes: sum };
  }

  async #sizes(call: Call): Promise<{ readonly count: number; readonly sum: Bytes }> {
    const rows = await this.#client.get(call, ['volume'], { pending: true }, z.array(sizeRow));
    return { count: rows.length, sum: bytes(rows.reduce((total, row) => total + row.size, 0)) };
  }
}

function toPerformance(row: z.infer<typeof performanceRow>): ArrayPerformance {
  return {
    readsPerSecond: row.reads_per_sec,
    writesPerSecond: row.writes_per_sec,
    readBytesPerSecond: row.output_per_sec,
    writeBytesPerSecond: row.input_per_sec,
    usecPerRead: row.usec_per_read_op,
    usecPerWrite: row.usec_per_write_op,
    queueDepth: row.queue_depth,
    queueUsecPerRead: row.queue_usec_per_read_op,
    queueUsecPerWrite: row.queue_usec_per_write_op,
    queueUsecPerMirroredWrite: row.queue_usec_per_mirrored_write_op,
  };
}
