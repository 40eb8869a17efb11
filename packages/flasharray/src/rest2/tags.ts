import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { laterStep } from '../http/later-step.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Tags } from '../port/tags.ts';
import type { Rest2Client } from './client.ts';

const tagRow = z.object({
  key: z.string(),
  value: optional(z.string()),
  namespace: optional(z.string()),
});

/** REST 2.4 `PUT volumes/tags/batch`, maxItems */
const batchSize = 30;

/** Volume tags over REST 2.x (section 7.3). */
export class Rest2Tags implements Tags {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `PUT volumes/tags/batch`, once for every 30 tags; nothing when there are no tags to set. */
  set(
    volume: string,
    namespace: string,
    tags: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<void> {
    const rows = Object.entries(tags).map(([key, value]) => ({ key, value, namespace, copyable: false }));
    return this.#client.run(options, async (call) => {
      for (let start = 0; start < rows.length; start += batchSize) {
        const batch = rows.slice(start, start + batchSize);
        const step = this.#client.send(
          call,
          'PUT',
          'volumes/tags/batch',
          { resource_names: [volume] },
          batch,
        );
        await (start === 0 ? step : laterStep(step));
      }
    });
  }

  /**
   * `DELETE volumes/tags`. When the array misses something, `GET volumes/tags` tells a key from the volume, and what
   * is left of the keys is removed.
   */
  remove(volume: string, namespace: string, keys: readonly string[], options?: CallOptions): Promise<void> {
    return this.#client.run(options, async (call) => {
      try {
        await this.#delete(call, volume, namespace, keys);
      } catch (error) {
        if (!isArrayError(error, 'not-found')) {
          throw error;
        }
        const present = await this.#read(call, volume, namespace);
        const left = keys.filter((key) => Object.hasOwn(present, key));
        await this.#delete(call, volume, namespace, left);
      }
    });
  }

  /** `GET volumes/tags` */
  list(volume: string, namespace: string, options?: CallOptions): Promise<Readonly<Record<string, string>>> {
    return this.#client.run(options, (call) => this.#read(call, volume, namespace));
  }

  async #delete(call: Call, volume: string, namespace: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) {
      const query = { resource_names: [volume], namespaces: [namespace], keys };
      await this.#client.send(call, 'DELETE', 'volumes/tags', query);
    }
  }

  async #read(call: Call, volume: string, namespace: string): Promise<Readonly<Record<string, string>>> {
    const query = {
      resource_names: [volume],
      // Before REST 2.3 the array gives all namespaces.
      namespaces: this.#client.has(3) ? [namespace] : null,
    };
    const rows = await this.#client.all(call, 'volumes/tags', query, tagRow);
    return Object.fromEntries(
      rows
        .filter((row) => (row.namespace ?? 'default') === namespace)
        .map((row) => [row.key, row.value ?? '']),
    );
  }
}
