import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Pod, PodState, Pods } from '../port/pods.ts';
import { isSameName } from '../shared/object-name.ts';
import { podMemberStatus } from '../shared/pod-member-status.ts';
import type { Rest2Client } from './client.ts';
import { type Query, quoted } from './query.ts';

const podRow = z.object({
  name: z.string(),
  destroyed: z.boolean(),
  arrays: optional(z.array(z.object({ id: z.string(), name: z.string(), status: podMemberStatus }))),
  /** REST 2.3. */
  array_count: optional(z.int()),
  /** REST 2.2: replica links of ActiveDR. */
  link_source_count: optional(z.int()),
  link_target_count: optional(z.int()),
});
type PodRow = z.infer<typeof podRow>;

const volumeRow = z.object({ name: z.string(), destroyed: z.boolean() });

/** `with_default_protection` arrives in REST 2.55 for pods; earlier arrays refuse the word. */
const defaultProtectionVersion = 55;
/** `pods/members` takes the place of `pods/arrays`. */
const memberVersion = 36;

const resource = 'pods';

/** Pods over REST 2.x (sections 7.13 and 8.6). */
export class Rest2Pods implements Pods {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `GET pods` */
  list(options?: CallOptions): Promise<readonly Pod[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, resource, { destroyed: false }, podRow);
      return rows.map(toPod);
    });
  }

  /** `GET pods` */
  find(name: string, options?: CallOptions): Promise<PodState> {
    return this.#client.run(options, (call) => this.#find(call, name));
  }

  /** `POST pods` */
  create(name: string, options?: CallOptions): Promise<void> {
    const protection = this.#client.has(defaultProtectionVersion) ? false : null;
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'POST', resource, { names: [name], with_default_protection: protection }, {}),
    );
  }

  /** `PATCH pods` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#setDestroyed(name, false, options);
  }

  /** `POST pods/members`; `POST pods/arrays` before REST 2.36. */
  stretch(name: string, array: string, options?: CallOptions): Promise<void> {
    const [path, query] = this.#member(name, array);
    return this.#client.run(options, (call) => this.#client.send(call, 'POST', path, query));
  }

  /** `DELETE pods/members`, or `pods/arrays`, without `with_unknown`; when there is no such member, `GET pods`. */
  unstretch(name: string, array: string, options?: CallOptions): Promise<void> {
    const [path, query] = this.#member(name, array);
    return this.#client.run(options, async (call) => {
      try {
        await this.#client.send(call, 'DELETE', path, query);
      } catch (error) {
        // An array that is in the pod and cannot be reached is refused in the words for one that is not connected.
        if (isArrayError(error, 'not-found') && (await this.#isMember(call, name, array))) {
          throw this.#client.refused('DELETE', path, 'invalid', array, error.message);
        }
        throw error;
      }
    });
  }

  /** `GET volumes`, filtered by the pod; `GET pods` when there are none. */
  volumes(name: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#client.run(options, async (call) => {
      const query = { filter: `pod.name=${quoted(name)}`, destroyed: false };
      const rows = await this.#client.all(call, 'volumes', query, volumeRow);
      if (rows.length === 0 && (await this.#find(call, name)).kind !== 'live') {
        throw this.#client.refused('GET', resource, 'not-found', name, 'Pod does not exist.');
      }
      return rows.filter(({ destroyed }) => !destroyed).map((row) => row.name);
    });
  }

  /** `PATCH pods`, without `destroy_contents`, so that the array refuses while anything is in it. */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#setDestroyed(name, true, options);
  }

  /** `DELETE pods`, without `eradicate_contents`. */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', resource, { names: [name] }),
    );
  }

  #setDestroyed(name: string, destroyed: boolean, options: CallOptions | undefined): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'PATCH', resource, { names: [name] }, { destroyed }),
    );
  }

  #member(name: string, array: string): readonly [path: string, query: Query] {
    return this.#client.has(memberVersion)
      ? ['pods/members', { pod_names: [name], member_names: [array] }]
      : ['pods/arrays', { group_names: [name], member_names: [array] }];
  }

  async #isMember(call: Call, name: string, array: string): Promise<boolean> {
    const state = await this.#find(call, name);
    return state.kind === 'live' && state.pod.members.some((member) => isSameName(member.array, array));
  }

  async #find(call: Call, name: string): Promise<PodState> {
    const rows = await unlessAbsent(() => this.#client.items(call, resource, { names: [name] }, podRow), []);
    const row = rows.find((candidate) => isSameName(candidate.name, name));
    if (row === undefined) {
      return { kind: 'absent' };
    }
    return row.destroyed ? { kind: 'destroyed' } : { kind: 'live', pod: toPod(row) };
  }
}

function toPod(row: PodRow): Pod {
  const arrays = row.arrays ?? [];
  const links = (row.link_source_count ?? 0) + (row.link_target_count ?? 0);
  return {
    name: row.name,
    replicated: (row.array_count ?? arrays.length) > 1 || links > 0,
    members: arrays.map(({ id, name, status }) => ({ array: name, arrayId: id, status })),
  };
}
