import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { laterStep } from '../http/later-step.ts';
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
import type { Rest2Client } from './client.ts';
import { requiredName } from './fields.ts';
import { Rest2Replication } from './replication.ts';

const stateRow = z.object({ name: z.string(), destroyed: z.boolean() });
/** `retention_lock` arrives in REST 2.13. */
const lockRow = stateRow.extend({ retention_lock: optional(z.string()) });
const memberRow = z.object({
  group: requiredName,
  member: z.object({ name: z.string(), destroyed: optional(z.boolean()) }),
});

const groups = 'protection-groups';
const members = 'protection-groups/volumes';
const snapshots = 'protection-group-snapshots';

/** Protection groups over REST 2.x (sections 7.8 and 7.9). */
export class Rest2ProtectionGroups implements ProtectionGroups {
  readonly #client: Rest2Client;
  readonly #replication: Rest2Replication;

  constructor(client: Rest2Client) {
    this.#client = client;
    this.#replication = new Rest2Replication(client);
  }

  /** `POST protection-groups` */
  create(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'POST', groups, { names: [name] }));
  }

  /** `GET protection-groups` */
  find(name: string, options?: CallOptions): Promise<ProtectionGroupState> {
    return this.#find(groups, name, options);
  }

  /** `GET protection-groups/volumes` */
  volumes(name: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, members, { group_names: [name] }, memberRow);
      return rows.flatMap(({ member }) => (member.destroyed === true ? [] : [member.name]));
    });
  }

  /** `GET protection-groups/volumes`, then `GET protection-groups` for the groups found. */
  ofVolume(volume: string, options?: CallOptions): Promise<readonly ProtectionGroupOfVolume[]> {
    return this.#client.run(options, async (call) => {
      const found = await unlessAbsent(
        () => this.#client.all(call, members, { member_names: [volume] }, memberRow),
        [],
      );
      const names = [...new Set(found.map(({ group }) => group))];
      if (names.length === 0) {
        return [];
      }
      const rows = await this.#client.all(call, groups, { names }, lockRow);
      return rows
        .filter(({ destroyed }) => !destroyed)
        .map((row) => ({ name: row.name, ratcheted: row.retention_lock === 'ratcheted' }));
    });
  }

  /** `POST` and then `DELETE protection-groups/volumes`, each once for as many volumes as fit into a request. */
  changeVolumes(
    name: string,
    { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
    options?: CallOptions,
  ): Promise<void> {
    return this.#client.run(options, async (call) => {
      if (add.length > 0) {
        await this.#client.send(call, 'POST', members, { group_names: [name], member_names: add });
      }
      if (remove.length > 0) {
        const step = this.#remove(call, name, remove);
        await (add.length === 0 ? step : laterStep(step));
      }
    });
  }

  /** `PATCH protection-groups` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#setDestroyed(groups, name, false, options);
  }

  /** `PATCH protection-groups` */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#setDestroyed(groups, name, true, options);
  }

  /** `DELETE protection-groups` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'DELETE', groups, { names: [name] }));
  }

  /** `POST protection-group-snapshots` */
  createSnapshot(group: string, suffix: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'POST', snapshots, { source_names: [group] }, { suffix }),
    );
  }

  /** `GET protection-group-snapshots` */
  findSnapshot(name: string, options?: CallOptions): Promise<ProtectionGroupState> {
    return this.#find(snapshots, name, options);
  }

  /** `PATCH protection-group-snapshots` */
  destroySnapshot(name: string, options?: CallOptions): Promise<void> {
    return this.#setDestroyed(snapshots, name, true, options);
  }

  /** `DELETE protection-group-snapshots` */
  eradicateSnapshot(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', snapshots, { names: [name] }),
    );
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

  /** One volume that is not in it makes the array refuse them all: those that are in it are then read and removed. */
  async #remove(call: Call, name: string, remove: readonly string[]): Promise<void> {
    try {
      await this.#client.send(call, 'DELETE', members, { group_names: [name], member_names: remove });
    } catch (error) {
      if (!isArrayError(error, 'not-found')) {
        throw error;
      }
      const rows = await this.#client.all(call, members, { group_names: [name] }, memberRow);
      const left = rows.flatMap(({ member }) =>
        remove.some((candidate) => isSameName(candidate, member.name)) ? [member.name] : [],
      );
      if (left.length > 0) {
        await this.#client.send(call, 'DELETE', members, { group_names: [name], member_names: left });
      }
    }
  }

  #find(
    resource: typeof groups | typeof snapshots,
    name: string,
    options: CallOptions | undefined,
  ): Promise<ProtectionGroupState> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.items(call, resource, { names: [name] }, stateRow),
        [],
      );
      const row = rows.find((candidate) => isSameName(candidate.name, name));
      return row === undefined ? 'absent' : row.destroyed ? 'destroyed' : 'live';
    });
  }

  #setDestroyed(
    resource: typeof groups | typeof snapshots,
    name: string,
    destroyed: boolean,
    options: CallOptions | undefined,
  ): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'PATCH', resource, { names: [name] }, { destroyed }),
    );
  }
}
