import type { Bytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { leavingFirst } from '../http/leaving.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type {
  ConnectionCount,
  NewVolume,
  QosLimits,
  Volume,
  VolumeContainer,
  VolumeCopy,
  VolumeState,
  VolumeSummary,
  Volumes,
} from '../port/volumes.ts';
import { type Rest1Client, single } from './client.ts';
import { notCounted, size, time } from './fields.ts';

const volumeRow = z.object({
  name: z.string(),
  serial: z.string(),
  size,
  created: time,
  source: optional(z.string()),
});

/** With `pending`: seconds until eradication, null while the volume is live. */
const pendingRow = volumeRow.extend({ time_remaining: optional(z.number()) });

/** `GET volume` with `pending` */
const summaryRow = z.object({ name: z.string(), size, time_remaining: optional(z.number()) });
/** `GET volume` with `connect`: a row for each connection. */
const connectedRow = z.object({ name: z.string() });

/** Limits arrive one after the other, and containers with the first of them (section 6.1). */
export const bandwidthVersion = 14;
export const iopsVersion = 17;
export const containerVersion = 13;

/** Volumes over REST 1.x (section 2.3). */
export class Rest1Volumes implements Volumes {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `POST volume/V` */
  create(volume: NewVolume, options?: CallOptions): Promise<Volume> {
    return this.#client.run(options, (call) => {
      const limits = volume.qos === undefined ? {} : setLimits(this.#limits('POST', volume.name, volume.qos));
      return this.#post(call, volume.name, { size: volume.size, ...limits });
    });
  }

  /** `POST volume/V` */
  copy(copy: VolumeCopy, options?: CallOptions): Promise<Volume> {
    return this.#client.run(options, (call) => this.#post(call, copy.name, { source: copy.source }));
  }

  /** `GET volume/V`, because overwriting a volume that is not there would make it; then `POST volume/V`. */
  overwrite(name: string, source: string, options?: CallOptions): Promise<Volume> {
    return this.#client.run(options, async (call) => {
      const target = await this.#read(call, name);
      if (target.kind !== 'live') {
        throw target.kind === 'absent'
          ? this.#client.refused('POST', ['volume', name], 'not-found', 'Volume does not exist.')
          : this.#client.refused('POST', ['volume', name], 'destroyed', 'Volume has been destroyed.');
      }
      return await this.#post(call, name, { source, overwrite: true });
    });
  }

  /** `GET volume/V` with `pending`, which shows destroyed volumes too. */
  find(name: string, options?: CallOptions): Promise<VolumeState> {
    return this.#client.run(options, (call) => this.#read(call, name));
  }

  /** `GET volume`, a call a page; one call in all below REST 1.7. */
  list(options?: CallOptions): AsyncIterable<readonly Volume[]> {
    return this.#client.pages(options, ['volume'], {}, volumeRow);
  }

  /** `GET volume` with `connect`, then with `pending`, a call a page each. */
  async *summaries(options?: CallOptions): AsyncIterable<readonly VolumeSummary[]> {
    const connections = new Map<string, number>();
    for await (const rows of this.#client.pages(options, ['volume'], { connect: true }, connectedRow)) {
      for (const { name } of rows) {
        connections.set(name, (connections.get(name) ?? 0) + 1);
      }
    }
    for await (const rows of this.#client.pages(options, ['volume'], { pending: true }, summaryRow)) {
      yield rows.map((row) => ({
        name: row.name,
        size: row.size,
        connections: connections.get(row.name) ?? 0,
        destroyed: row.time_remaining !== null,
      }));
    }
  }

  /** `PUT volume/V` */
  rename(name: string, newName: string, options?: CallOptions): Promise<void> {
    return this.#put(name, { name: newName }, options);
  }

  /**
   * `PUT pgroup/PG` for each group to leave, then `PUT volume/V`: the empty container is the array itself. When the array
   * refuses to move it, the volume goes back into the groups.
   */
  move(
    name: string,
    to: VolumeContainer,
    options?: CallOptions & { readonly leaving?: readonly string[] },
  ): Promise<void> {
    return this.#client.run(options, async (call) => {
      if (!this.#client.has(containerVersion)) {
        throw this.#client.refused(
          'PUT',
          ['volume', name],
          'unsupported',
          'Volumes have no containers before REST 1.13 (Purity 5.0).',
        );
      }
      const container = to.kind === 'array' ? '' : to.name;
      await leavingFirst(options?.leaving ?? [], {
        leave: (group) => this.#client.send(call, 'PUT', ['pgroup', group], { remvollist: [name] }),
        join: (group) => this.#client.send(call, 'PUT', ['pgroup', group], { addvollist: [name] }),
        act: () => this.#client.send(call, 'PUT', ['volume', name], { container }),
      });
    });
  }

  /** `PUT volume/V`; nothing where the version has no limits and none is wanted. */
  setQos(name: string, qos: QosLimits, options?: CallOptions): Promise<void> {
    return this.#client.run(options, async (call) => {
      const body = this.#limits('PUT', name, qos);
      if (Object.keys(body).length > 0) {
        await this.#client.send(call, 'PUT', ['volume', name], body);
      }
    });
  }

  /**
   * `PUT volume/V` without truncation, then `GET volume/V` for the whole volume. The array refuses the size that the
   * volume has already as it refuses a smaller one: only the `GET` tells them apart.
   */
  extend(name: string, newSize: Bytes, options?: CallOptions): Promise<Volume> {
    return this.#client.run(options, async (call) => {
      try {
        await this.#client.send(call, 'PUT', ['volume', name], { size: newSize, truncate: false });
      } catch (error) {
        if (!isArrayError(error, 'invalid')) {
          throw error;
        }
        const state = await this.#read(call, name);
        if (state.kind !== 'live' || state.volume.size !== newSize) {
          throw error;
        }
        return state.volume;
      }
      return await this.#client.get(call, ['volume', name], {}, single(volumeRow));
    });
  }

  /** `DELETE volume/V` */
  destroy(name: string, options?: CallOptions): Promise<{ readonly connections: ConnectionCount }> {
    return this.#client.run(options, async (call) => {
      await this.#client.send(call, 'DELETE', ['volume', name], {});
      return { connections: notCounted };
    });
  }

  /** `PUT volume/V` with `action` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#put(name, { action: 'recover' }, options);
  }

  /** `DELETE volume/V` with `eradicate` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', ['volume', name], { eradicate: true }),
    );
  }

  #put(name: string, body: object, options: CallOptions | undefined): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'PUT', ['volume', name], body));
  }

  /** Every limit that the version knows, the empty text for none. */
  #limits(
    method: 'POST' | 'PUT',
    name: string,
    { iops, bytesPerSecond }: QosLimits,
  ): Readonly<Record<string, number | ''>> {
    const refuse = (what: string): Error =>
      this.#client.refused(method, ['volume', name], 'unsupported', what);
    if (bytesPerSecond !== null && !this.#client.has(bandwidthVersion)) {
      throw refuse('Volumes have no bandwidth limit before REST 1.14 (Purity 5.1).');
    }
    if (iops !== null && !this.#client.has(iopsVersion)) {
      throw refuse('Volumes have no IOPS limit before REST 1.17 (Purity 5.3).');
    }
    return {
      ...(this.#client.has(bandwidthVersion) ? { bandwidth_limit: bytesPerSecond ?? '' } : {}),
      ...(this.#client.has(iopsVersion) ? { iops_limit: iops ?? '' } : {}),
    };
  }

  #post(call: Call, name: string, body: object): Promise<Volume> {
    return this.#client.change(call, 'POST', ['volume', name], body, single(volumeRow));
  }

  async #read(call: Call, name: string): Promise<VolumeState> {
    const row = await unlessAbsent(
      () => this.#client.get(call, ['volume', name], { pending: true }, single(pendingRow)),
      null,
    );
    if (row === null) {
      return { kind: 'absent' };
    }
    const { time_remaining: remaining, ...volume } = row;
    return remaining === null ? { kind: 'live', volume, connections: notCounted } : { kind: 'destroyed' };
  }
}

/** A new volume has no limits: only real ones are spoken of. */
function setLimits(limits: Readonly<Record<string, number | ''>>): object {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== ''));
}
