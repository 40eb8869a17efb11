import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Pod, Pods } from '../port/pods.ts';
import type { Rest2Client } from './client.ts';

const podRow = z.object({
  name: z.string(),
  arrays: optional(z.array(z.unknown())),
  /** REST 2.3. */
  array_count: optional(z.int()),
  /** REST 2.2: replica links of ActiveDR. */
  link_source_count: optional(z.int()),
  link_target_count: optional(z.int()),
});

/** Pods over REST 2.x (section 7.13): `GET pods`. */
export class Rest2Pods implements Pods {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  list(options?: CallOptions): Promise<readonly Pod[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, 'pods', { destroyed: false }, podRow);
      return rows.map((row) => ({
        name: row.name,
        replicated:
          (row.array_count ?? row.arrays?.length ?? 1) > 1 ||
          (row.link_source_count ?? 0) + (row.link_target_count ?? 0) > 0,
      }));
    });
  }
}
