import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Pod, Pods } from '../port/pods.ts';
import type { Rest1Client } from './client.ts';
import { containerVersion } from './volumes.ts';

const podRow = z.object({
  name: z.string(),
  arrays: optional(z.array(z.unknown())),
  /** REST 1.19: replica links of ActiveDR. */
  link_source_count: optional(z.int()),
  link_target_count: optional(z.int()),
});

/** Pods over REST 1.x (section 2.9): `GET pod`. */
export class Rest1Pods implements Pods {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  list(options?: CallOptions): Promise<readonly Pod[]> {
    return this.#client.run(options, async (call) => {
      if (!this.#client.has(containerVersion)) {
        return [];
      }
      const rows = await this.#client.all(call, ['pod'], {}, podRow);
      return rows.map((row) => ({
        name: row.name,
        replicated:
          (row.arrays?.length ?? 1) > 1 || (row.link_source_count ?? 0) + (row.link_target_count ?? 0) > 0,
      }));
    });
  }
}
