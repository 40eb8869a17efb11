import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { laterStep } from '../http/later-step.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import type { CallOptions } from '../port/call-options.ts';
import type {
  ChapCredentials,
  Host,
  HostChange,
  HostPersonality,
  Hosts,
  Initiators,
  NewHost,
} from '../port/hosts.ts';
import { plainWwn } from '../shared/portal.ts';
import { type Rest1Client, single } from './client.ts';
import { notCounted } from './fields.ts';

const names = optional(z.array(z.string())).transform((list) => list ?? []);

const hostRow = z.object({ name: z.string(), iqn: names, wwn: names, nqn: names });
type HostRow = z.infer<typeof hostRow>;

const chapRow = z.object({ host_user: optional(z.string()) });

/** Personalities arrive in REST 1.14 (section 6.1). */
export const personalityVersion = 14;

/** NVMe arrives in REST 1.16 (section 6.1). */
export const nvmeVersion = 16;

/** Hosts over REST 1.x (section 2.5). */
export class Rest1Hosts implements Hosts {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `GET host`, searched here, then `GET host/H` with `chap` for what was found. */
  findByInitiators(initiators: Initiators, options?: CallOptions): Promise<readonly Host[]> {
    const { kind } = initiators;
    const wanted = new Set(initiators.names.map((name) => comparable(kind, name)));
    return this.#client.run(options, async (call) => {
      const rows = await this.#client.all(call, ['host'], {}, hostRow);
      const holders = rows.filter(
        (row) => isLocal(row) && row[kind].some((held) => wanted.has(comparable(kind, held))),
      );
      return await Promise.all(holders.map(async (row) => toHost(row, await this.#chapUser(call, row.name))));
    });
  }

  /** `GET host/H` and `GET host/H` with `chap`, in one round. */
  find(name: string, options?: CallOptions): Promise<Host | null> {
    return this.#client.run(options, (call) =>
      unlessAbsent(async () => {
        const [row, chapUser] = await Promise.all([
          this.#client.get(call, ['host', name], {}, single(hostRow)),
          this.#chapUser(call, name),
        ]);
        return toHost(row, chapUser);
      }, null),
    );
  }

  /** `POST host/H` with initiators and personality; then, for CHAP, `PUT host/H`. */
  create(host: NewHost, options?: CallOptions): Promise<Host> {
    const { name, initiators, personality, chap } = host;
    return this.#client.run(options, async (call) => {
      this.#refusePersonality('POST', name, personality);
      this.#refuseNvme('POST', name, initiators);
      const body = {
        [`${initiators.kind}list`]: initiators.names,
        ...(personality === undefined ? {} : { personality }),
      };
      const row = await this.#client.change(call, 'POST', ['host', name], body, single(hostRow));
      if (chap !== undefined) {
        await laterStep(this.#client.send(call, 'PUT', ['host', name], chapBody(chap)));
      }
      return toHost(row, chap?.user ?? null);
    });
  }

  /** `PUT host/H`, once each for initiators, personality and CHAP, in this order; nothing for no change. */
  update(name: string, change: HostChange, options?: CallOptions): Promise<void> {
    const { addInitiators: added, personality, chap } = change;
    const bodies: readonly object[] = [
      ...(added === undefined || added.names.length === 0 ? [] : [{ [`add${added.kind}list`]: added.names }]),
      ...(personality === undefined ? [] : [{ personality }]),
      ...(chap === undefined ? [] : [chapBody(chap)]),
    ];
    return this.#client.run(options, async (call) => {
      this.#refusePersonality('PUT', name, personality);
      this.#refuseNvme('PUT', name, added);
      for (const [index, body] of bodies.entries()) {
        const step = this.#client.send(call, 'PUT', ['host', name], body);
        await (index === 0 ? step : laterStep(step));
      }
    });
  }

  /** `DELETE host/H` */
  delete(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'DELETE', ['host', name], {}));
  }

  async #chapUser(call: Call, name: string): Promise<string | null> {
    const row = await this.#client.get(call, ['host', name], { chap: true }, single(chapRow));
    return row.host_user || null;
  }

  #refuseNvme(method: 'POST' | 'PUT', name: string, initiators: Initiators | undefined): void {
    if (initiators?.kind === 'nqn' && !this.#client.has(nvmeVersion)) {
      throw this.#client.refused(
        method,
        ['host', name],
        'unsupported',
        'Hosts have no NVMe initiators before REST 1.16 (Purity 5.2).',
      );
    }
  }

  #refusePersonality(method: 'POST' | 'PUT', name: string, personality: HostPersonality | undefined): void {
    if (personality !== undefined && !this.#client.has(personalityVersion)) {
      throw this.#client.refused(
        method,
        ['host', name],
        'unsupported',
        'Hosts have no personality before REST 1.14.',
      );
    }
  }
}

/** The form in which two spellings of one initiator are equal. */
function comparable(kind: Initiators['kind'], name: string): string {
  return kind === 'wwn' ? plainWwn(name) : name.toLowerCase();
}

function chapBody(chap: ChapCredentials): object {
  return { host_user: chap.user, host_password: chap.password.expose() };
}

/** Hosts of an ActiveCluster peer are named `array:host`. */
function isLocal(row: HostRow): boolean {
  return !row.name.includes(':');
}

function toHost(row: HostRow, chapUser: string | null): Host {
  return {
    name: row.name,
    iqns: row.iqn,
    wwns: row.wwn.map(plainWwn),
    nqns: row.nqn,
    chapUser,
    connections: notCounted,
  };
}
