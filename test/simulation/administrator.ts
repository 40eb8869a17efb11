import type { SimulatorControl } from '@cinder-flasharray/simulator';
import { hostNames, initiatorsOf, isMachine } from './machines.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';

export interface AdministratorOptions {
  readonly site: Site;
  readonly control: SimulatorControl;
  readonly random: Random;
  readonly trace: Trace;
}

/** Whoever works on the arrays themselves, beside the service: with hosts of ours, and with hosts of his own. */
export class Administrator {
  readonly #options: AdministratorOptions;
  /** `array host` of hosts of ours that were in a host group: the service may have left them alone for that. */
  readonly grouped = new Set<string>();
  #serial = 0;

  constructor(options: AdministratorOptions) {
    this.#options = options;
  }

  /** One change, if there is something to change. */
  async act(): Promise<void> {
    const { random, site } = this.#options;
    const array = random.pick([...site.arrays.values()]) ?? 'fa1';
    switch (random.below(5)) {
      case 0:
        return await this.#group(array);
      case 1:
        return await this.#ungroup(array);
      case 2:
        return await this.#addHost(array);
      case 3:
        return await this.#deleteHost(array);
      default: {
        // Arrays of REST 1 count no connections: that they would destroy connected volumes nobody claims.
        const destroys = random.chance(0.5) && !/^[45]\./.test(site.purity);
        return await this.#try(array, destroys ? 'destroys connected' : 'refuses connected', () =>
          this.#setDestroysConnected(array, destroys),
        );
      }
    }
  }

  /** Copies the replicated volumes to the other array now, and does not wait for the schedule. */
  async copy(): Promise<void> {
    const group = this.#options.site.name === 'trisync' ? 'cinder-pod::cinder-trisync' : 'cinder-group';
    await this.#try('fa1', `copies ${group}`, async () => {
      await this.#options.control.admin('fa1', { kind: 'replicateNow', group });
    });
  }

  /** What he did to the arrays' ways is taken back; his hosts and host groups stay. */
  async end(): Promise<void> {
    for (const array of this.#options.site.arrays.values()) {
      await this.#setDestroysConnected(array, false);
    }
  }

  async #group(array: string): Promise<void> {
    const { control, random } = this.#options;
    const { hosts } = await control.state(array);
    const host = random.pick(hosts.filter(({ name, hostGroup }) => isOurs(name) && hostGroup === null));
    if (host !== undefined) {
      this.#serial += 1;
      const name = `cluster-${this.#serial}`;
      await this.#try(array, `puts host ${host.name} into host group ${name}`, async () => {
        await control.admin(array, { kind: 'createHostGroup', name, hosts: [host.name] });
        this.grouped.add(`${array} ${host.name}`);
      });
    }
  }

  async #ungroup(array: string): Promise<void> {
    const { control, random } = this.#options;
    const { hosts } = await control.state(array);
    const host = random.pick(hosts.filter(({ hostGroup }) => hostGroup !== null));
    const group = host?.hostGroup ?? null;
    if (host !== undefined && group !== null) {
      await this.#try(array, `takes host ${host.name} out of host group ${group}`, async () => {
        await control.admin(array, { kind: 'setHostGroupHosts', name: group, hosts: [] });
        await control.admin(array, { kind: 'deleteHostGroup', name: group });
      });
    }
  }

  /** A machine that the array does not know yet gets a name of his. */
  async #addHost(array: string): Promise<void> {
    const { control, random, site } = this.#options;
    const machine = random.pick(hostNames) ?? 'alpha';
    const { hosts } = await control.state(array);
    if (hosts.some((host) => isMachine(host, machine))) {
      return;
    }
    const { iqns, wwns, nqns } = initiatorsOf(machine);
    const own =
      site.protocol === 'iscsi' ? { iqns } : site.protocol === 'fibre-channel' ? { wwns } : { nqns };
    await this.#try(array, `makes host esx-${machine}`, async () => {
      await control.admin(array, { kind: 'createHost', name: `esx-${machine}`, ...own });
    });
  }

  /** Only one that shows nothing. */
  async #deleteHost(array: string): Promise<void> {
    const { control, random } = this.#options;
    const { hosts, connections } = await control.state(array);
    const unused = hosts.filter(
      ({ name }) => name.startsWith('esx-') && !connections.some(({ host }) => host === name),
    );
    const host = random.pick(unused);
    if (host !== undefined) {
      await this.#try(array, `deletes host ${host.name}`, async () => {
        await control.admin(array, { kind: 'deleteHost', name: host.name });
      });
    }
  }

  async #setDestroysConnected(array: string, enabled: boolean): Promise<void> {
    await this.#options.control.admin(array, { kind: 'setDestroysConnected', enabled });
  }

  async #try(array: string, what: string, work: () => Promise<void>): Promise<void> {
    const { trace } = this.#options;
    trace.add(`the administrator of ${array} ${what}`);
    try {
      await work();
    } catch (error) {
      // Lost, or changed by somebody else meanwhile: he lets it be.
      trace.add(`the administrator of ${array} is refused: ${error instanceof Error ? error.message : ''}`);
    }
  }
}

function isOurs(name: string): boolean {
  return /-[0-9a-f]{32}-cinder$/.test(name);
}
