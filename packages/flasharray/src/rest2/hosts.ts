import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { ChapCredentials, Host, HostChange, Hosts, Initiators, NewHost } from '../port/hosts.ts';
import { isSameName } from '../shared/object-name.ts';
import { plainWwn } from '../shared/portal.ts';
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
  findByInitiators(initiators: Initiators, options?: CallOptions): Promise<readonly Host[]> {
    const wanted = new Set(initiators.names.map((name) => comparable(initiators.kind, name)));
    const field = fields[initiators.kind];
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, 'hosts', { filter: localHostsWith(initiators) }, hostRow);
      return rows
        .filter(
          (row) =>
            row.is_local !== false &&
            row[field].some((held) => wanted.has(comparable(initiators.kind, held))),
        )
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
    const body = { [fields[host.initiators.kind]]: host.initiators.names, ...settings(host) };
    return this.#client.run(options, async (call) =>
      toHost(await this.#client.change(call, 'POST', 'hosts', { names: [host.name] }, body, hostRow)),
    );
  }

  /** `PATCH hosts`; nothing when there is nothing to change. */
  update(name: string, change: HostChange, options?: CallOptions): Promise<void> {
    const added = change.addInitiators;
    const body = {
      ...(added === undefined || added.names.length === 0
        ? {}
        : { [`add_${fields[added.kind]}`]: added.names }),
      ...settings(change),
    };
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

const fields = { iqn: 'iqns', wwn: 'wwns', nqn: 'nqns' } as const satisfies Record<
  Initiators['kind'],
  'iqns' | 'wwns' | 'nqns'
>;

/** The form in which two spellings of one initiator are equal. */
function comparable(kind: Initiators['kind'], name: string): string {
  return kind === 'wwn' ? plainWwn(name) : name.toLowerCase();
}

/**
 * WWNs must be asked for in the array's own spelling (section 7.4). Whether the filter heeds letter case in an IQN or
 * NQN is not documented: ask for both spellings.
 */
function localHostsWith({ kind, names: wanted }: Initiators): string {
  const spellings = wanted.flatMap((name) =>
    kind === 'wwn' ? [plainWwn(name)] : [name, name.toLowerCase()],
  );
  const terms = [...new Set(spellings)].map((name) => `${fields[kind]}=${quoted(name)}`);
  return terms.length === 1 ? `${terms[0]} and is_local` : `(${terms.join(' or ')}) and is_local`;
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
    wwns: row.wwns.map(plainWwn),
    nqns: row.nqns,
    chapUser: row.chap?.host_user || null,
    connections: row.connection_count,
  };
}
