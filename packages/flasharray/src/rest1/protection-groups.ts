import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type {
  GroupReplication,
  ProtectionGroupOfVolume,
  ProtectionGroupState,
  ProtectionGroups,
  ProtectionGroupTarget,
  ReplicatedSnapshot,
  ReplicatedVolume,
} from '../port/protection-groups.ts';
import { isSameName } from '../shared/object-name.ts';
import { type Rest1Client, single } from './client.ts';
import { Rest1Replication } from './replication.ts';

const groupRow = z.object({ name: z.string(), volumes: optional(z.array(z.string())) });
/** With `pending`: seconds until eradication, null while it is live. */
const pendingRow = z.object({ name: z.string(), time_remaining: optional(z.number()) });
/** `GET volume/V` with `protect`: a row for each membership. */
const protectRow = z.object({ name: z.string(), protection_group: optional(z.string()) });

/** Protection groups over REST 1.x (section 2.7). SafeMode came after them. */
export class Rest1ProtectionGroups implements ProtectionGroups {
  readonly #client: Rest1Client;
  readonly #replication: Rest1Replication;

  constructor(client: Rest1Client) {
    this.#client = client;
    this.#replication = new Rest1Replication(client);
  }

  /** `POST pgroup/PG` */
  create(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'POST', ['pgroup', name], {}));
  }

  /** `GET pgroup/PG` with `pending` */
  find(name: string, options?: CallOptions): Promise<ProtectionGroupState> {
    return this.#client.run(options, async (call) =>
      stateOf(
        await unlessAbsent(
          () => this.#client.get(call, ['pgroup', name], { pending: true }, single(pendingRow)),
          null,
        ),
      ),
    );
  }

  /** `GET pgroup/PG` */
  volumes(name: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#client.run(options, (call) => this.#volumes(call, name));
  }

  /** `GET volume/V` with `protect` */
  ofVolume(volume: string, options?: CallOptions): Promise<readonly ProtectionGroupOfVolume[]> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.get(call, ['volume', volume], { protect: true }, z.array(protectRow)),
        [],
      );
      return rows.flatMap(({ protection_group: name }) =>
        name === null ? [] : [{ name, ratcheted: false }],
      );
    });
  }

  /**
   * `PUT pgroup/PG` with both lists. The array refuses to add what is in it and to remove what is not: those are then
   * left out of a second `PUT`.
   */
  changeVolumes(
    name: string,
    { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
    options?: CallOptions,
  ): Promise<void> {
    return this.#client.run(options, async (call) => {
      try {
        await this.#put(call, name, add, remove);
      } catch (error) {
        if (!isArrayError(error, 'already-exists', 'not-found')) {
          throw error;
        }
        const present = await this.#volumes(call, name);
        const isIn = (volume: string): boolean => present.some((other) => isSameName(other, volume));
        await this.#put(
          call,
          name,
          add.filter((volume) => !isIn(volume)),
          remove.filter(isIn),
        );
      }
    });
  }

  /** `PUT pgroup/PG` with `action` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'PUT', ['pgroup', name], { action: 'recover' }),
    );
  }

  /** `DELETE pgroup/PG` */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#delete(name, {}, options);
  }

  /** `DELETE pgroup/PG` with `eradicate` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#delete(name, { eradicate: true }, options);
  }

  /** `POST pgroup` with `snap` */
  createSnapshot(group: string, suffix: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'POST', ['pgroup'], { snap: true, source: [group], suffix }),
    );
  }

  /** `GET pgroup/PG` with `snap` and `pending`: all snapshots of the group. */
  findSnapshot(name: string, options?: CallOptions): Promise<ProtectionGroupState> {
    const group = name.slice(0, name.lastIndexOf('.'));
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.get(call, ['pgroup', group], { snap: true, pending: true }, z.array(pendingRow)),
        [],
      );
      return stateOf(rows.find((row) => isSameName(row.name, name)) ?? null);
    });
  }

  /** `DELETE pgroup/PG.S` */
  destroySnapshot(name: string, options?: CallOptions): Promise<void> {
    return this.#delete(name, {}, options);
  }

  /** `DELETE pgroup/PG.S` with `eradicate` */
  eradicateSnapshot(name: string, options?: CallOptions): Promise<void> {
    return this.#delete(name, { eradicate: true }, options);
  }

  replication(name: string, options?: CallOptions): Promise<GroupReplication> {
    return this.#replication.settings(name, options);
  }

  setReplication(name: string, change: Partial<GroupReplication>, options?: CallOptions): Promise<void> {
    return this.#replication.setSettings(name, change, options);
  }

  targets(name: string, options?: CallOptions): Promise<readonly ProtectionGroupTarget[]> {
    return this.#replication.targets(name, options);
  }

  addTarget(name: string, array: string, options?: CallOptions): Promise<void> {
    return this.#replication.addTarget(name, array, options);
  }

  allowReplication(name: string, options?: CallOptions): Promise<void> {
    return this.#replication.allow(name, options);
  }

  replicatedSnapshots(name: string, options?: CallOptions): Promise<readonly ReplicatedSnapshot[]> {
    return this.#replication.snapshots(name, options);
  }

  replicatedVolumes(snapshot: string, options?: CallOptions): Promise<readonly ReplicatedVolume[]> {
    return this.#replication.volumes(snapshot, options);
  }

  async #volumes(call: Call, name: string): Promise<readonly string[]> {
    return (await this.#client.get(call, ['pgroup', name], {}, single(groupRow))).volumes ?? [];
  }

  async #put(call: Call, name: string, add: readonly string[], remove: readonly string[]): Promise<void> {
    const body = {
      ...(add.length === 0 ? {} : { addvollist: add }),
      ...(remove.length === 0 ? {} : { remvollist: remove }),
    };
    if (Object.keys(body).length > 0) {
      await this.#client.send(call, 'PUT', ['pgroup', name], body);
    }
  }

  #delete(name: string, body: object, options: CallOptions | undefined): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'DELETE', ['pgroup', name], body));
  }
}

function stateOf(row: z.infer<typeof pendingRow> | null): ProtectionGroupState {
  if (row === null) {
    return 'absent';
  }
  return row.time_remaining === null ? 'live' : 'destroyed';
}
