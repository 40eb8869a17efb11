import type { Bytes } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { leavingFirst } from '../http/leaving.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
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
import { isSameName } from '../shared/object-name.ts';
import type { Rest2Client } from './client.ts';
import { connectionCount, optionalName, qosBody, size, time } from './fields.ts';
import { isOneRequest, type Query } from './query.ts';

const volumeRow = z.object({
  name: z.string(),
  serial: z.string(),
  provisioned: size,
  created: time,
  source: optionalName,
  destroyed: z.boolean(),
  connection_count: connectionCount,
});
type VolumeRow = z.infer<typeof volumeRow>;

const summaryRow = z.object({
  name: z.string(),
  provisioned: size,
  destroyed: z.boolean(),
  connection_count: z.int().nonnegative(),
});

/** `with_default_protection` arrives in REST 2.16; earlier arrays refuse the word. */
export const defaultProtectionVersion = 16;
/** `remove_from_protection_group_names` */
const leavingVersion = 23;

/** Volumes over REST 2.x (section 7.1). */
export class Rest2Volumes implements Volumes {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `POST volumes` */
  create(volume: NewVolume, options?: CallOptions): Promise<Volume> {
    const query = { names: [volume.name], ...this.#protection(volume.defaultProtection) };
    const qos = volume.qos === undefined ? {} : { qos: newQosBody(volume.qos) };
    return this.#post(query, { provisioned: volume.size, ...qos }, options);
  }

  /** `POST volumes` */
  copy(copy: VolumeCopy, options?: CallOptions): Promise<Volume> {
    const query = { names: [copy.name], ...this.#protection(copy.defaultProtection) };
    return this.#post(query, { source: { name: copy.source } }, options);
  }

  /**
   * `GET volumes`, because overwriting a volume that is not there would make it; then `POST volumes`. Default
   * protection must not be spoken of together with `overwrite` (REST 2.16 `POST volumes`).
   */
  overwrite(name: string, source: string, options?: CallOptions): Promise<Volume> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.items(call, 'volumes', { names: [name] }, volumeRow);
      const target = rows.find((row) => isSameName(row.name, name));
      if (target === undefined) {
        throw this.#client.refused('POST', 'volumes', 'not-found', name, 'Volume does not exist.');
      }
      if (target.destroyed) {
        throw this.#client.refused('POST', 'volumes', 'destroyed', name, 'Volume has been destroyed.');
      }
      return await this.#change(call, { names: [name], overwrite: true }, { source: { name: source } });
    });
  }

  /** `GET volumes` */
  find(name: string, options?: CallOptions): Promise<VolumeState> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.items(call, 'volumes', { names: [name] }, volumeRow),
        [],
      );
      return stateOf(rows.find((row) => isSameName(row.name, name)));
    });
  }

  /** `GET volumes`, a call a page. */
  async *list(options?: CallOptions): AsyncIterable<readonly Volume[]> {
    for await (const rows of this.#client.pages(options, 'volumes', { destroyed: false }, volumeRow)) {
      yield rows.map(toVolume);
    }
  }

  /** `GET volumes`, a call a page. */
  async *summaries(options?: CallOptions): AsyncIterable<readonly VolumeSummary[]> {
    for await (const rows of this.#client.pages(options, 'volumes', {}, summaryRow)) {
      yield rows.map((row) => ({
        name: row.name,
        size: row.provisioned,
        connections: row.connection_count,
        destroyed: row.destroyed,
      }));
    }
  }

  /** `PATCH volumes` */
  rename(name: string, newName: string, options?: CallOptions): Promise<void> {
    return this.#patch(name, { name: newName }, options);
  }

  /**
   * `PATCH volumes`: the empty name is the array itself, whichever kind of container the volume is in. Where that cannot
   * name the groups to leave, `DELETE protection-groups/volumes` for each comes first; when the array then refuses to
   * move it, the volume goes back into them.
   */
  move(
    name: string,
    to: VolumeContainer,
    options?: CallOptions & { readonly leaving?: readonly string[] },
  ): Promise<void> {
    const leaving = options?.leaving ?? [];
    const body = containerBody(name, to);
    return this.#client.run(options, (call) => {
      const query = { names: [name], remove_from_protection_group_names: leaving };
      // One request moves the volume, so it has to name all of them.
      if (leaving.length > 0 && this.#client.has(leavingVersion) && isOneRequest(query)) {
        return this.#client.send(call, 'PATCH', 'volumes', query, body);
      }
      const members = 'protection-groups/volumes';
      const pair = (group: string) => ({ group_names: [group], member_names: [name] });
      return leavingFirst(leaving, {
        leave: (group) => this.#client.send(call, 'DELETE', members, pair(group)),
        join: (group) => this.#client.send(call, 'POST', members, pair(group)),
        act: () => this.#client.send(call, 'PATCH', 'volumes', { names: [name] }, body),
      });
    });
  }

  /** `PATCH volumes`: the empty text unsets a limit. */
  setQos(name: string, qos: QosLimits, options?: CallOptions): Promise<void> {
    return this.#patch(name, { qos: qosBody(qos) }, options);
  }

  /** `PATCH volumes`, without `truncate`, so that the array refuses to shrink. */
  extend(name: string, newSize: Bytes, options?: CallOptions): Promise<Volume> {
    return this.#client.run(options, async (call) =>
      toVolume(
        await this.#client.change(
          call,
          'PATCH',
          'volumes',
          { names: [name] },
          { provisioned: newSize },
          volumeRow,
        ),
      ),
    );
  }

  /** `PATCH volumes` */
  destroy(name: string, options?: CallOptions): Promise<{ readonly connections: ConnectionCount }> {
    return this.#client.run(options, async (call) => {
      const query = { names: [name] };
      const row = await this.#client.change(
        call,
        'PATCH',
        'volumes',
        query,
        { destroyed: true },
        destroyedRow,
      );
      return { connections: row.connection_count };
    });
  }

  /** `PATCH volumes` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#patch(name, { destroyed: false }, options);
  }

  /** `DELETE volumes` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', 'volumes', { names: [name] }),
    );
  }

  #patch(name: string, body: object, options: CallOptions | undefined): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'PATCH', 'volumes', { names: [name] }, body),
    );
  }

  #protection(wanted: boolean): Query {
    return { with_default_protection: this.#client.has(defaultProtectionVersion) ? wanted : null };
  }

  #post(query: Query, body: object, options: CallOptions | undefined): Promise<Volume> {
    return this.#client.run(options, (call) => this.#change(call, query, body));
  }

  async #change(call: Call, query: Query, body: object): Promise<Volume> {
    return toVolume(await this.#client.change(call, 'POST', 'volumes', query, body, volumeRow));
  }
}

function containerBody(name: string, to: VolumeContainer): object {
  switch (to.kind) {
    case 'volume-group':
      return { volume_group: { name: to.name } };
    case 'pod':
      return { pod: { name: to.name } };
    case 'array':
      return name.includes('/') ? { volume_group: { name: '' } } : { pod: { name: '' } };
  }
}

/** `POST volumes` takes numbers only (REST 2.26 Qos). */
function newQosBody({ iops, bytesPerSecond }: QosLimits): object {
  return {
    ...(iops === null ? {} : { iops_limit: iops }),
    ...(bytesPerSecond === null ? {} : { bandwidth_limit: bytesPerSecond }),
  };
}

const destroyedRow = volumeRow.pick({ connection_count: true });

function stateOf(row: VolumeRow | undefined): VolumeState {
  if (row === undefined) {
    return { kind: 'absent' };
  }
  return row.destroyed
    ? { kind: 'destroyed' }
    : { kind: 'live', volume: toVolume(row), connections: row.connection_count };
}

function toVolume(row: VolumeRow): Volume {
  return {
    name: row.name,
    serial: row.serial,
    size: row.provisioned,
    created: row.created,
    source: row.source,
  };
}
