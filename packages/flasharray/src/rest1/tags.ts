import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { laterStep } from '../http/later-step.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Tags } from '../port/tags.ts';
import type { Rest1Client } from './client.ts';

const tagRow = z.object({
  key: z.string(),
  value: optional(z.string()),
  namespace: optional(z.string()),
});

/** One tag of one volume may come without the list around it. */
const tagRows = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(tagRow));

/** Volumes carry tags from REST 1.19 on (section 6.1). */
export const tagVersion = 19;

/** Volume tags over REST 1.19 (section 2.3): one request a tag. */
export class Rest1Tags implements Tags {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `POST volume/V/tags`, once a tag; where the array does not replace a value, `DELETE volume/V/tags/KEY` first. */
  set(
    volume: string,
    namespace: string,
    tags: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<void> {
    return this.#run(options, volume, async (call) => {
      for (const [index, [key, value]] of Object.entries(tags).entries()) {
        const step = this.#write(call, volume, { key, value, namespace, copyable: false });
        await (index === 0 ? step : laterStep(step));
      }
    });
  }

  /** `GET volume/V` with `tags`, then `DELETE volume/V/tags/KEY` for each key that is there. */
  remove(volume: string, namespace: string, keys: readonly string[], options?: CallOptions): Promise<void> {
    return this.#run(options, volume, async (call) => {
      const present = await this.#read(call, volume, namespace);
      const left = keys.filter((key) => Object.hasOwn(present, key));
      for (const [index, key] of left.entries()) {
        const step = this.#client.send(call, 'DELETE', ['volume', volume, 'tags', key], { namespace });
        await (index === 0 ? step : laterStep(step));
      }
    });
  }

  /** `GET volume/V` with `tags` */
  list(volume: string, namespace: string, options?: CallOptions): Promise<Readonly<Record<string, string>>> {
    return this.#run(options, volume, (call) => this.#read(call, volume, namespace));
  }

  async #write(
    call: Call,
    volume: string,
    tag: {
      readonly key: string;
      readonly value: string;
      readonly namespace: string;
      readonly copyable: false;
    },
  ): Promise<void> {
    const { key, namespace } = tag;
    try {
      await this.#client.send(call, 'POST', ['volume', volume, 'tags'], tag);
    } catch (error) {
      if (!isArrayError(error, 'already-exists')) {
        throw error;
      }
      await this.#client.send(call, 'DELETE', ['volume', volume, 'tags', key], { namespace });
      await laterStep(this.#client.send(call, 'POST', ['volume', volume, 'tags'], tag));
    }
  }

  async #read(call: Call, volume: string, namespace: string): Promise<Readonly<Record<string, string>>> {
    const rows = await this.#client.get(call, ['volume', volume], { tags: true, namespace }, tagRows);
    return Object.fromEntries(
      rows
        .filter((row) => (row.namespace ?? 'default') === namespace)
        .map((row) => [row.key, row.value ?? '']),
    );
  }

  #run<T>(options: CallOptions | undefined, volume: string, work: (call: Call) => Promise<T>): Promise<T> {
    return this.#client.run(options, async (call) => {
      if (!this.#client.has(tagVersion)) {
        throw this.#client.refused(
          'GET',
          ['volume', volume],
          'unsupported',
          'Volumes have no tags before REST 1.19.',
        );
      }
      return await work(call);
    });
  }
}
