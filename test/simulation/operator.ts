import { type Clients, context } from './clients.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';

export interface OperatorOptions {
  readonly clients: Clients;
  readonly site: Site;
  readonly trace: Trace;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Whoever fails back ends over and back, and freezes them. */
export class Operator {
  readonly #options: OperatorOptions;
  /** Arrays that were failed over to, by `backend_id`; `default`: back. */
  readonly failovers: string[] = [];
  /** When it was first asked to take nothing new; null: never. */
  closedSince: number | null = null;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  async act(name: string, random: Random): Promise<void> {
    const { clients, site, now } = this.#options;
    const { backend } = site;
    if (site.arrays.size === 1 || random.chance(0.25)) {
      const isFreeze = random.chance(0.5);
      if (isFreeze) {
        this.closedSince ??= now();
      }
      await clients.call(`${name} ${isFreeze ? 'freeze' : 'thaw'}`, (service) =>
        isFreeze ? service.services.freeze(context, backend) : service.services.thaw(context, backend),
      );
      return;
    }
    const targets = [...site.arrays.keys()].filter((id) => id !== 'default');
    const target = random.chance(0.45)
      ? 'default'
      : random.chance(0.5)
        ? null
        : (random.pick(targets) ?? null);
    await this.#failover(name, target);
  }

  /** Back to the primary, if it is not there, and open for work. */
  async tidyUp(goBack: boolean): Promise<void> {
    const { clients, site, trace } = this.#options;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const service = await this.#settled();
      if (service === null) {
        return;
      }
      if (service.frozen) {
        await clients.insist('operator thaw', (api) => api.services.thaw(context, site.backend));
      }
      const active = service.activeBackendId ?? '';
      const isAway = active !== '' && active !== 'default';
      if (!goBack || !isAway) {
        if (!isAway && service.disabled) {
          await clients.insist('operator enable', (api) =>
            api.services.setDisabled(context, { host: site.backend, binary: 'cinder-volume' }, false, null),
          );
        }
        return;
      }
      trace.add('the operator goes back to the primary');
      await this.#failover('operator', 'default');
    }
  }

  async #failover(name: string, target: string | null): Promise<void> {
    const { clients, site, now } = this.#options;
    this.closedSince ??= now();
    const answer = await clients.call(`${name} failover ${target ?? 'anywhere'}`, (service) =>
      service.services.failover(context, site.backend, target),
    );
    if (answer.kind === 'ok' || answer.kind === 'lost') {
      this.failovers.push(target ?? (site.name === 'trisync' ? 'fa3' : 'fa2'));
      await this.#settled();
    }
  }

  async #settled() {
    const { clients, site } = this.#options;
    return await clients.watch(
      'operator looks at the service',
      async (api) => {
        const services = await api.services.list(context);
        const own = services.find(({ service }) => service.host === site.backend);
        if (own === undefined) {
          throw new Error(`no service ${site.backend}`);
        }
        return own.service;
      },
      ({ replicationStatus }) => replicationStatus !== 'failing-over',
    );
  }
}
