import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Connection, ConnectionFilter, Connections } from '../port/connections.ts';
import { isSameName } from '../shared/object-name.ts';
import { type Rest1Client, single } from './client.ts';

const lun = optional(z.int());
const name = optional(z.string());

/** `GET volume/V/host`: `name` is the volume. */
const privateRow = z.object({ name: z.string(), host: z.string(), lun });
/** `GET volume/V/hgroup` */
const sharedRow = z.object({ name: z.string(), hgroup: z.string(), lun });
/** `GET host/H/volume`: `name` is the host. */
const hostVolumeRow = z.object({ name: z.string(), vol: z.string(), lun, hgroup: name });
/** `GET volume` with `connect` */
const connectedRow = z.object({ name: z.string(), host: name, hgroup: name, lun });
const hostGroupRow = z.object({ name: z.string(), hosts: optional(z.array(z.string())) });

/** Connections over REST 1.x (sections 2.3, 2.5 and 4.2). */
export class Rest1Connections implements Connections {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /**
   * Of a host: `GET host/H/volume`. Of a volume: `GET volume/V/host` and `GET volume/V/hgroup` in one round, then
   * `GET hgroup/G` for each group found, whose hosts all see the volume.
   */
  list(filter: ConnectionFilter, options?: CallOptions): Promise<readonly Connection[]> {
    if ('volumes' in filter) {
      return this.#ofVolumes(filter.volumes, options);
    }
    const { volume, host } = filter;
    return this.#client.run(options, (call) =>
      unlessAbsent(async () => {
        if (host === undefined) {
          return volume === undefined ? [] : await this.#ofVolume(call, volume);
        }
        const rows = await this.#ofHost(call, host);
        return rows.filter((row) => volume === undefined || isSameName(row.volume, volume));
      }, []),
    );
  }

  /** `POST host/H/volume/V` */
  create(volume: string, host: string, options?: CallOptions): Promise<Connection> {
    return this.#client.run(options, async (call) => {
      const row = await this.#client.change(
        call,
        'POST',
        ['host', host, 'volume', volume],
        {},
        single(hostVolumeRow),
      );
      return toConnection(row);
    });
  }

  /** `DELETE host/H/volume/V` */
  delete(volume: string, host: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', ['host', host, 'volume', volume], {}),
    );
  }

  /** `GET volume` with `connect`, searched here. */
  async #ofVolumes(volumes: readonly string[], options?: CallOptions): Promise<readonly Connection[]> {
    const wanted = new Set(volumes.map((volume) => volume.toLowerCase()));
    const found: Connection[] = [];
    for await (const rows of this.#client.pages(options, ['volume'], { connect: true }, connectedRow)) {
      for (const row of rows) {
        if (wanted.has(row.name.toLowerCase())) {
          found.push({ volume: row.name, host: row.host, hostGroup: row.hgroup, lun: row.lun });
        }
      }
    }
    return found;
  }

  async #ofHost(call: Call, host: string): Promise<readonly Connection[]> {
    const rows = await this.#client.get(call, ['host', host, 'volume'], {}, z.array(hostVolumeRow));
    return rows.map(toConnection);
  }

  async #ofVolume(call: Call, volume: string): Promise<readonly Connection[]> {
    const [privateRows, sharedRows] = await Promise.all([
      this.#client.get(call, ['volume', volume, 'host'], {}, z.array(privateRow)),
      this.#client.get(call, ['volume', volume, 'hgroup'], {}, z.array(sharedRow)),
    ]);
    const groups = new Map(sharedRows.map((row) => [row.hgroup, row]));
    const shared = await Promise.all(
      [...groups.values()].map(async (row): Promise<readonly Connection[]> => {
        const hosts = await this.#hostsOf(call, row.hgroup);
        const seenBy = hosts.length === 0 ? [null] : hosts;
        return seenBy.map((host) => ({ volume: row.name, host, hostGroup: row.hgroup, lun: row.lun }));
      }),
    );
    return [
      ...privateRows.map((row) => ({ volume: row.name, host: row.host, hostGroup: null, lun: row.lun })),
      ...shared.flat(),
    ];
  }

  async #hostsOf(call: Call, group: string): Promise<readonly string[]> {
    return (await this.#client.get(call, ['hgroup', group], {}, single(hostGroupRow))).hosts ?? [];
  }
}

function toConnection(row: z.infer<typeof hostVolumeRow>): Connection {
  return { volume: row.vol, host: row.name, hostGroup: row.hgroup, lun: row.lun };
}
