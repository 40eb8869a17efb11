import type { Bytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type {
  ConnectionCount,
  NewVolume,
  Volume,
  VolumeCopy,
  VolumeState,
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

/** Volumes over REST 1.x (section 2.3). */
export class Rest1Volumes implements Volumes {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `POST volume/V` */
  create(volume: NewVolume, options?: CallOptions): Promise<Volume> {
    return this.#client.run(options, (call) => this.#post(call, volume.name, { size: volume.size }));
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

  /** `DELETE volume/V` with `eradicate` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', ['volume', name], { eradicate: true }),
    );
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
