import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Pod, PodState, Pods } from '../port/pods.ts';
import { beginsWith, isSameName } from '../shared/object-name.ts';
import { podMemberStatus } from '../shared/pod-member-status.ts';
import { type Path, type Rest1Client, single } from './client.ts';
import { nameFilter } from './fields.ts';
import { containerVersion } from './volumes.ts';

const podRow = z.object({
  name: z.string(),
  arrays: optional(z.array(z.object({ array_id: z.string(), name: z.string(), status: podMemberStatus }))),
  /** REST 1.19: replica links of ActiveDR. */
  link_source_count: optional(z.int()),
  link_target_count: optional(z.int()),
});
type PodRow = z.infer<typeof podRow>;

/** With `pending`: seconds until eradication, null while the pod is live. */
const pendingRow = podRow.extend({ time_remaining: optional(z.number()) });
const volumeRow = z.object({ name: z.string() });

/** Pods over REST 1.x (sections 2.9 and 4.4). */
export class Rest1Pods implements Pods {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `GET pod` */
  list(options?: CallOptions): Promise<readonly Pod[]> {
    return this.#client.run(options, async (call) => {
      if (!this.#client.has(containerVersion)) {
        return [];
      }
      const rows = await this.#client.all(call, ['pod'], {}, podRow);
      return rows.map(toPod);
    });
  }

  /** `GET pod/P` with `pending` */
  find(name: string, options?: CallOptions): Promise<PodState> {
    return this.#client.run(options, (call) => this.#find(call, name));
  }

  /** `POST pod/P` */
  create(name: string, options?: CallOptions): Promise<void> {
    return this.#send('POST', ['pod', name], {}, options);
  }

  /** `PUT pod/P` with `action` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#send('PUT', ['pod', name], { action: 'recover' }, options);
  }

  /** `POST pod/P/array/A` */
  stretch(name: string, array: string, options?: CallOptions): Promise<void> {
    return this.#send('POST', ['pod', name, 'array', array], {}, options);
  }

  /** `DELETE pod/P/array/A`; when there is no such member, `GET pod/P`. */
  unstretch(name: string, array: string, options?: CallOptions): Promise<void> {
    const path: Path = ['pod', name, 'array', array];
    return this.#client.run(options, async (call) => {
      this.#require('DELETE', path);
      try {
        await this.#client.send(call, 'DELETE', path, {});
      } catch (error) {
        // An array that is in the pod and cannot be reached is refused in the words for one that is not connected.
        if (isArrayError(error, 'not-found') && (await this.#isMember(call, name, array))) {
          throw this.#client.refused('DELETE', path, 'invalid', error.message, array);
        }
        throw error;
      }
    });
  }

  /** `GET volume`, filtered by name; `GET pod/P` when there are none. */
  volumes(name: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#client.run(options, async (call) => {
      const prefix = `${name}::`;
      const rows = this.#client.has(containerVersion)
        ? await this.#client.all(call, ['volume'], nameFilter(this.#client, `${prefix}*`), volumeRow)
        : [];
      const volumes = rows.filter((row) => beginsWith(row.name, prefix)).map((row) => row.name);
      if (volumes.length === 0 && (await this.#find(call, name)).kind !== 'live') {
        throw this.#client.refused('GET', ['pod', name], 'not-found', 'Pod does not exist.');
      }
      return volumes;
    });
  }

  /** `DELETE pod/P` */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#send('DELETE', ['pod', name], {}, options);
  }

  /** `DELETE pod/P` with `eradicate` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#send('DELETE', ['pod', name], { eradicate: true }, options);
  }

  #send(
    method: 'POST' | 'PUT' | 'DELETE',
    path: Path,
    body: object,
    options: CallOptions | undefined,
  ): Promise<void> {
    return this.#client.run(options, async (call) => {
      this.#require(method, path);
      await this.#client.send(call, method, path, body);
    });
  }

  #require(method: 'POST' | 'PUT' | 'DELETE', path: Path): void {
    if (!this.#client.has(containerVersion)) {
      throw this.#client.refused(
        method,
        path,
        'unsupported',
        'There are no pods before REST 1.13 (Purity 5.0).',
      );
    }
  }

  async #isMember(call: Call, name: string, array: string): Promise<boolean> {
    const state = await this.#find(call, name);
    return state.kind === 'live' && state.pod.members.some((member) => isSameName(member.array, array));
  }

  async #find(call: Call, name: string): Promise<PodState> {
    if (!this.#client.has(containerVersion)) {
      return { kind: 'absent' };
    }
    const row = await unlessAbsent(
      () => this.#client.get(call, ['pod', name], { pending: true }, single(pendingRow)),
      null,
    );
    if (row === null) {
      return { kind: 'absent' };
    }
    return row.time_remaining === null ? { kind: 'live', pod: toPod(row) } : { kind: 'destroyed' };
  }
}

function toPod(row: PodRow): Pod {
  const arrays = row.arrays ?? [];
  const links = (row.link_source_count ?? 0) + (row.link_target_count ?? 0);
  return {
    name: row.name,
    replicated: arrays.length > 1 || links > 0,
    members: arrays.map(({ array_id: arrayId, name, status }) => ({ array: name, arrayId, status })),
  };
}
