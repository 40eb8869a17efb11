import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import { isSameName } from '../object-name.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { ChapCredentials, Host, HostChange, Hosts, NewHost } from '../port/hosts.ts';
import type { Rest2Client } from './client.ts';
import { connectionCount } from './fields.ts';
import { quoted } from './query.ts';

const names = optional(z.array(z.string())).transform((list) => list ?? []);

const hostRow = z.object({
  name: z.string(),
  iqns: names,
  wwns: names,
  nqns: names,
  chap: optional(z.object({ host_user: optional(z.string()) })),
  connection_count: connectionCount,
  is_local: optional(z.boolean()),
});
type HostRow = z.infer<typeof hostRow>;

/** Hosts over REST 2.x (section 7.4). */
export class Rest2Hosts implements Hosts {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `GET hosts`, filtered by the array. */
  findByIqn(iqn: string, options?: CallOptions): Promise<readonly Host[]> {
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, 'hosts', { filter: localHostsWith(iqn) }, hostRow);
      return rows
        .filter((row) => row.is_local !== false && row.iqns.some((held) => isSameName(held, iqn)))
        .map(toHost);
    });
  }

  /** `GET hosts` */
  find(name: string, options?: CallOptions): Promise<Host | null> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.items(call, 'hosts', { names: [name] }, hostRow),
        [],
      );
      const row = rows.find((candidate) => isSameName(candidate.name, name));
      return row === undefined ? null : toHost(row);
    });
  }

  /** `POST hosts`, with everything in one request. */
  create(host: NewHost, options?: CallOptions): Promise<Host> {
    const body = { iqns: host.iqns, ...settings(host) };
    return this.#client.run(options, async (call) =>
      toHost(await this.#client.change(call, 'POST', 'hosts', { names: [host.name] }, body, hostRow)),
    );
  }

  /** `PATCH hosts`; nothing when there is nothing to change. */
  update(name: string, change: HostChange, options?: CallOptions): Promise<void> {
    const added = change.addIqns ?? [];
    const body = { ...(added.length === 0 ? {} : { add_iqns: added }), ...settings(change) };
    return this.#client.run(options, async (call) => {
      if (Object.keys(body).length > 0) {
        await this.#client.send(call, 'PATCH', 'hosts', { names: [name] }, body);
      }
    });
  }

  /** `DELETE hosts` */
  delete(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'DELETE', 'hosts', { names: [name] }));
  }
}

/** Whether the filter heeds letter case in an IQN is not documented: ask for both spellings. */
function localHostsWith(iqn: string): string {
  const lower = iqn.toLowerCase();
  return lower === iqn
    ? `iqns=${quoted(iqn)} and is_local`
    : `(iqns=${quoted(iqn)} or iqns=${quoted(lower)}) and is_local`;
}

function settings(from: Pick<HostChange, 'personality' | 'chap'>): object {
  return {
    ...(from.personality === undefined ? {} : { personality: from.personality }),
    ...(from.chap === undefined ? {} : { chap: chapBody(from.chap) }),
  };
}

function chapBody(chap: ChapCredentials): object {
  return { host_user: chap.user, host_password: chap.password.expose() };
}

function toHost(row: HostRow): Host {
  return {
    name: row.name,
    iqns: row.iqns,
    wwns: row.wwns,
    nqns: row.nqns,
    chapUser: row.chap?.host_user || null,
    connections: row.connection_count,
  };
}
