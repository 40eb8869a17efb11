import type { SimulatorControl } from '@cinder-flasharray/simulator';
import type { CallFault, CallSeen, FaultsOfCalls } from './network.ts';
import type { Random } from './random.ts';
import type { Machine, ServiceProcess } from './service-process.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What is done to a world while clients work. */
export const faultKinds = [
  'none',
  'calls',
  'hang',
  'html',
  'lasting',
  'dies',
  'lost',
  'disk',
  'clock',
  'storm',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultsOptions {
  readonly kind: FaultKind;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly site: Site;
  readonly control: SimulatorControl;
  readonly machine: Machine;
  readonly trace: Trace;
  readonly process: () => ServiceProcess | null;
}

const passing: readonly CallFault[] = [
  { kind: 'refuse-connection' },
  { kind: 'cut-before' },
  { kind: 'cut-after' },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 503 },
  { kind: 'half-body' },
];

/** Does harm, until it is told to end. */
export class Faults {
  readonly #options: FaultsOptions;
  #isOver = false;
  /** Requests to be applied until the process dies; null: it does not. */
  #deathAfter: number | null = null;
  /** Requests of this kind are refused, for a while. */
  #refused: { readonly method: string; readonly path: string } | null = null;
  #diskTroubledUntil = 0;
  /** An array is away or was until then: hosts may have lost paths. */
  #disturbedUntil = 0;
  deaths = 0;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  get isDiskTroubled(): boolean {
    return this.#options.time.now() < this.#diskTroubledUntil;
  }

  get isDisturbed(): boolean {
    return this.#options.time.now() < this.#disturbedUntil;
  }

  /** What befalls single calls. */
  readonly ofCalls: FaultsOfCalls = (call) => (this.#isOver ? null : this.#ofCall(call));

  begin(): void {
    const { kind } = this.#options;
    if (kind === 'dies' || kind === 'storm') {
      this.#repeat(500, 5_000, async () => this.#plotDeath());
    }
    if (kind === 'lost' || kind === 'storm') {
      this.#repeat(1_000, 8_000, () => this.#loseArray());
      if (this.#options.site.arrays.size > 1) {
        this.#repeat(2_000, 12_000, () => this.#cutLink());
      }
    }
    if (kind === 'lasting' || kind === 'storm') {
      this.#repeat(1_000, 6_000, () => this.#refuseForLong());
    }
    if (kind === 'disk') {
      this.#repeat(1_000, 6_000, () => this.#fillDisk());
    }
    if (kind === 'clock') {
      this.#repeat(1_000, 6_000, async () => this.#stepClock());
    }
  }

  /** All is well again. */
  async end(): Promise<void> {
    const { machine, control, site } = this.#options;
    this.#isOver = true;
    this.#deathAfter = null;
    machine.deathAt = null;
    machine.isDiskFull = false;
    const arrays = [...site.arrays.values()];
    for (const array of arrays) {
      await control.setArrayDown(array, false);
      await control.setMediator(array, true);
    }
    for (const [index, array] of arrays.entries()) {
      for (const other of arrays.slice(index + 1)) {
        await control.setReplicationLink(array, other, 'up');
      }
    }
  }

  /** A change was applied, and its answer is on the way. */
  onApplied(): void {
    if (this.#deathAfter !== null) {
      this.#deathAfter -= 1;
      if (this.#deathAfter <= 0) {
        this.#deathAfter = null;
        this.#kill();
      }
    }
  }

  #ofCall({ method, path }: CallSeen): CallFault | null {
    const { kind, random } = this.#options;
    const refused = this.#refused;
    if (refused !== null && method === refused.method && path.startsWith(refused.path)) {
      return { kind: 'lasting-400' };
    }
    switch (kind) {
      case 'calls':
        return random.chance(0.05) ? (random.pick(passing) ?? null) : null;
      case 'storm':
        return random.chance(0.02) ? (random.pick(passing) ?? null) : null;
      case 'hang':
        return random.chance(0.015) ? { kind: 'hang' } : null;
      case 'html':
        return random.chance(0.03) ? { kind: 'html' } : null;
      case 'none':
      case 'lasting':
      case 'dies':
      case 'lost':
      case 'disk':
      case 'clock':
        return null;
    }
  }

  #repeat(least: number, most: number, work: () => Promise<void>): void {
    const { time, random } = this.#options;
    const again = (): void => {
      time.after(random.between(least, most), () => {
        if (!this.#isOver) {
          void work().then(again);
        }
      });
    };
    again();
  }

  #plotDeath(): void {
    const { random, machine, process, trace } = this.#options;
    const how = random.below(8);
    if (how < 4) {
      machine.deathAt = machine.statements + random.between(1, 80);
    } else if (how < 6) {
      this.#deathAfter = random.between(1, 8);
    } else if (how < 7) {
      this.#kill();
    } else {
      trace.add('SIGTERM');
      void process()?.stop();
    }
  }

  #kill(): void {
    this.deaths += 1;
    this.#options.process()?.kill();
  }

  async #loseArray(): Promise<void> {
    const { random, site, control, time, trace } = this.#options;
    const array = random.pick([...site.arrays.values()]) ?? 'fa1';
    const how = random.chance(0.7) ? 'refuse' : 'hang';
    const milliseconds = random.between(500, 40_000) * (site.isShared ? 4 : 1);
    trace.add(`array ${array} is lost (${how}) for ${milliseconds} ms`);
    this.#disturb(milliseconds);
    await control.setArrayDown(array, true, how);
    await time.wait(milliseconds);
    if (!this.#isOver) {
      trace.add(`array ${array} is back`);
      await control.setArrayDown(array, false);
    }
  }

  async #cutLink(): Promise<void> {
    const { random, site, control, time, trace } = this.#options;
    const arrays = [...site.arrays.values()];
    const array = random.pick(arrays) ?? 'fa1';
    const peer = random.pick(arrays.filter((other) => other !== array)) ?? array;
    const milliseconds = random.between(1_000, 30_000);
    if (random.chance(0.2)) {
      trace.add(`array ${array} does not reach the mediator for ${milliseconds} ms`);
      await control.setMediator(array, false);
    } else {
      trace.add(`arrays ${array} and ${peer} are cut off from each other for ${milliseconds} ms`);
      this.#disturb(milliseconds);
      await control.setReplicationLink(array, peer, 'down');
    }
    await time.wait(milliseconds);
    if (!this.#isOver) {
      await control.setMediator(array, true);
      await control.setReplicationLink(array, peer, 'up');
    }
  }

  async #refuseForLong(): Promise<void> {
    const { random, time, trace } = this.#options;
    const method = random.pick(['POST', 'PATCH', 'PUT', 'DELETE'] as const) ?? 'POST';
    const path =
      random.pick([
        'volume',
        'host',
        'connections',
        'protection-group',
        'pgroup',
        'pod',
        'volume-snapshots',
      ]) ?? 'volume';
    const milliseconds = random.between(1_000, 15_000);
    trace.add(`${method} ${path}* is refused for ${milliseconds} ms`);
    this.#refused = { method, path };
    await time.wait(milliseconds);
    this.#refused = null;
  }

  async #fillDisk(): Promise<void> {
    const { random, machine, time, trace } = this.#options;
    const milliseconds = random.between(300, 5_000);
    trace.add(`the disk is full for ${milliseconds} ms`);
    machine.isDiskFull = true;
    this.#diskTroubledUntil = time.now() + milliseconds + 1_000;
    await time.wait(milliseconds);
    machine.isDiskFull = false;
  }

  #stepClock(): void {
    const { random, machine, trace } = this.#options;
    machine.clockError += random.between(-2 * 3_600_000, 2 * 3_600_000);
    trace.add(`the clock is stepped: it is ${machine.clockError} ms ahead`);
  }

  #disturb(milliseconds: number): void {
    const { time } = this.#options;
    this.#disturbedUntil = Math.max(this.#disturbedUntil, time.now() + milliseconds + 30_000);
  }
}
