import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@cinder-flasharray/store';
import { Clients, context } from './clients.ts';
import { type FaultKind, Faults } from './faults.ts';
import { Hosts } from './hosts.ts';
import { Knowledge } from './knowledge.ts';
import { Network } from './network.ts';
import { consistentType, genericType, initiatorOf, Operations, plainPod } from './operations.ts';
import { Operator } from './operator.ts';
import { type Allowances, judge } from './oracle.ts';
import { randomFor } from './random.ts';
import { readRows, unfinished } from './rows.ts';
import { databaseOf, isProcessDeath, type Machine, ServiceProcess } from './service-process.ts';
import { buildSite, type Site, type SiteName } from './site.ts';
import { Trace } from './trace.ts';
import { settled, VirtualTime } from './virtual-time.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly site: SiteName;
  readonly faults: FaultKind;
  /** How many operations clients begin. */
  readonly operations: number;
  /** Operations that are left out, by number from 1; the others stay what they were. */
  readonly skip: ReadonlySet<number>;
  /** Newest lines of the trace to keep. */
  readonly traceLines: number;
}

export interface WorldReport {
  /** What is wrong; empty: the world is well. */
  readonly findings: readonly string[];
  /** Of the whole trace: the same for the same seed and options. */
  readonly digest: string;
  readonly trace: readonly string[];
  readonly counts: {
    readonly operations: number;
    readonly requests: number;
    readonly calls: number;
    readonly faults: number;
    readonly deaths: number;
    readonly writes: number;
    readonly failovers: number;
    readonly statements: number;
    /** Events of the scheduler. */
    readonly events: number;
    /** Milliseconds of virtual time. */
    readonly virtual: number;
  };
}

/** How long the world may take to come to rest once all is well, milliseconds. */
const restWithin = 20 * 60_000;
/** It must stay at rest this long. */
const restFor = 90_000;
/** How long clients may take to get their last answers once all is well. */
const answersWithin = 30 * 60_000;

/** One world from its seed: work and faults first, then all is well, then everything must have come to rest. */
export async function runWorld(options: WorldOptions): Promise<WorldReport> {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'simulation-'));
  const world = new World(options, folder);
  try {
    return await world.run();
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

class World {
  readonly #options: WorldOptions;
  readonly #folder: string;
  readonly #time: VirtualTime;
  readonly #trace: Trace;
  readonly #findings: string[] = [];
  readonly #knowledge = new Knowledge();
  readonly #machine: Machine = { isDiskFull: false, clockError: 0, statements: 0, deathAt: null };
  readonly #unhandled = (error: unknown): void => {
    if (!isProcessDeath(error)) {
      this.#find(`[unhandled] ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };
  #process: ServiceProcess | null = null;
  #lives = 0;
  #isClosing = false;
  #isEnding = false;

  constructor(options: WorldOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
    this.#time = new VirtualTime(randomFor(options.seed, 'time'));
    this.#trace = new Trace(() => this.#time.now(), options.traceLines);
    process.on('unhandledRejection', this.#unhandled);
  }

  async run(): Promise<WorldReport> {
    const { seed, site: siteName, faults: faultKind, operations: count, skip } = this.#options;
    const time = this.#time;
    const began = time.now();
    const site = await buildSite({
      name: siteName,
      seed,
      random: randomFor(seed, 'site'),
      time,
      folder: this.#folder,
    });
    const { control } = site.simulator;
    const network = new Network({
      time,
      random: randomFor(seed, 'network'),
      trace: this.#trace,
      arrays: site.simulator.arrays,
      latency: [5, 120],
    });
    const faults = new Faults({
      kind: faultKind,
      time,
      random: randomFor(seed, 'faults'),
      site,
      control,
      machine: this.#machine,
      trace: this.#trace,
      process: () => this.#process,
    });
    const clients = new Clients({
      time,
      random: randomFor(seed, 'clients'),
      trace: this.#trace,
      process: () => this.#process,
      find: (finding) => this.#find(`[client] ${finding}`),
      isDiskTroubled: () => faults.isDiskTroubled,
    });
    const operations = new Operations({
      clients,
      knowledge: this.#knowledge,
      control,
      site,
      isEnding: () => this.#isEnding,
    });
    const operator = new Operator({ clients, site, trace: this.#trace });
    const hosts = new Hosts({
      knowledge: this.#knowledge,
      control,
      site,
      random: randomFor(seed, 'hosts'),
      trace: this.#trace,
      find: (finding) => this.#find(finding),
      isDisturbed: () => faults.isDisturbed || operator.failovers.length > 0,
    });
    this.#trace.add(`seed ${seed}, site ${siteName} (Purity ${site.purity}), faults ${faultKind}`);

    await this.#prepareDatabase();
    this.#startProcess(site, network);
    await this.#within('preparing', answersWithin, this.#prepare(clients, site));

    network.faults = faults.ofCalls;
    network.onApplied = () => faults.onApplied();
    faults.begin();
    const running = new Set<Promise<void>>();
    const launch = (name: string, work: () => Promise<void>): void => {
      const run = work()
        .catch((error: unknown) => this.#unhandled(error))
        .finally(() => running.delete(run));
      running.add(run);
      void name;
    };
    const pace = randomFor(seed, 'pace');
    let at = 0;
    for (let index = 1; index <= count; index += 1) {
      at += Math.floor(-Math.log(1 - pace.fraction()) * 300);
      if (!skip.has(index)) {
        time.after(at, () =>
          launch(`#${index}`, () => operations.run(`#${index}`, randomFor(seed, `operation ${index}`))),
        );
      }
    }
    const work = at + 5_000;
    for (let moment = 500; moment < work; moment += 400) {
      time.after(moment, () => launch('host', () => hosts.write()));
    }
    for (let moment = 3_000, index = 1; moment < work; moment += pace.between(3_000, 10_000), index += 1) {
      const number = count + index;
      if (!skip.has(number) && (siteName !== 'one' || pace.chance(0.2))) {
        time.after(moment, () =>
          launch(`#${number}`, () =>
            operator.act(`#${number} operator`, randomFor(seed, `operator ${index}`)),
          ),
        );
      }
    }
    await time.runUntil(() => false, work);

    this.#trace.add('all is well from now on');
    this.#isEnding = true;
    await faults.end();
    const isAnswered = await time.runUntil(() => running.size === 0, answersWithin);
    if (!isAnswered) {
      this.#find(`[client-waits] ${running.size} clients still wait for what they asked for`);
    }
    await this.#within('clearing up', answersWithin, operations.clearUp());
    await this.#within('the operator', answersWithin, operator.tidyUp(randomFor(seed, 'end').chance(0.5)));
    await this.#rest();
    const rows = readRows(databaseOf(this.#folder));
    const allowances: Allowances = {
      errors: faultKind === 'lasting' || faultKind === 'storm' || operator.failovers.length > 0,
      unplaced: operator.froze || operator.failovers.length > 0,
      olderContents: operator.tookOlderCopies && operator.failovers.length > 0,
      lostConnections: operator.failovers.length > 0,
    };
    for (const finding of await judge({ rows, site, knowledge: this.#knowledge, control, allowances })) {
      this.#find(finding);
    }
    return {
      findings: this.#findings,
      digest: this.#trace.digest(),
      trace: this.#trace.lines,
      counts: {
        operations: [...operations.counts.values()].reduce((sum, number) => sum + number, 0),
        requests: clients.requests,
        calls: network.calls,
        faults: network.struck,
        deaths: this.#lives - 1,
        writes: hosts.writes,
        failovers: operator.failovers.length,
        statements: this.#machine.statements,
        events: time.steps,
        virtual: time.now() - began,
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#process?.kill();
    await settled();
    process.off('unhandledRejection', this.#unhandled);
  }

  #find(finding: string): void {
    if (!this.#findings.includes(finding)) {
      this.#trace.add(`FINDING ${finding}`);
      this.#findings.push(finding);
    }
  }

  /** Nothing limits what a project may have: limits have tests of their own. */
  async #prepareDatabase(): Promise<void> {
    const { seed } = this.#options;
    const random = randomFor(seed, 'database');
    const store = await openStore({
      path: databaseOf(this.#folder),
      clock: { now: () => this.#time.now(), wait: () => this.#time.wait(0) },
      uuid: () => random.uuid(),
    });
    await store.quotas.setLimits(context.projectId, {
      volumes: -1,
      snapshots: -1,
      gigabytes: -1,
      groups: -1,
    });
    await store.close();
  }

  async #prepare(clients: Clients, site: Site): Promise<void> {
    const random = randomFor(this.#options.seed, 'preparation');
    const { control } = site.simulator;
    if (site.purity !== '4.8.0') {
      await control.admin('fa1', { kind: 'createPod', name: plainPod });
    }
    if (site.uniform && random.chance(0.5)) {
      // The administrator of the other array has given a machine a name of his own.
      await control.admin('fa2', { kind: 'createHost', name: 'esx-01', iqns: [initiatorOf('alpha')] });
    }
    for (const type of site.types) {
      const made = await clients.insist(`make type ${type.name}`, async (service) => {
        const types = await service.volumeTypes.list(context);
        return (
          types.find(({ name }) => name === type.name) ??
          (await service.volumeTypes.create(context, {
            name: type.name,
            description: null,
            isPublic: true,
            extraSpecs: type.extraSpecs,
          }))
        );
      });
      if (made.kind === 'ok' && type.qos !== null) {
        const { qos } = type;
        await clients.insist(`limit type ${type.name}`, async (service) => {
          const specs = await service.qosSpecs.create(context, {
            name: type.name,
            consumer: 'back-end',
            specs: qos,
          });
          await service.qosSpecs.associate(context, specs.id, made.value.id);
        });
      }
    }
    for (const name of [consistentType, genericType]) {
      await clients.insist(`make group type ${name}`, async (service) => {
        const type = await service.groupTypes.create(context, { name, description: null, isPublic: true });
        if (name === consistentType) {
          await service.groupTypes.setGroupSpecs(context, type.id, {
            consistent_group_snapshot_enabled: '<is> True',
          });
        }
      });
    }
    await clients.watch(
      'wait for the back end',
      (service) => service.services.list(context),
      (services) => services.every(({ backendState }) => backendState !== 'down'),
    );
  }

  /** Starts the service, and starts it again whenever it has died. */
  #startProcess(site: Site, network: Network): void {
    this.#lives += 1;
    const random = randomFor(this.#options.seed, `life ${this.#lives}`);
    const started = new ServiceProcess({
      site,
      time: this.#time,
      random,
      network,
      trace: this.#trace,
      folder: this.#folder,
      machine: this.#machine,
    });
    this.#process = started;
    const again = (): void => {
      if (!this.#isClosing && this.#process === started) {
        this.#process = null;
        this.#time.after(random.between(200, 5_000), () => this.#startProcess(site, network));
      }
    };
    started.start().catch((error: unknown) => {
      if (!isProcessDeath(error) && !this.#machine.isDiskFull) {
        this.#find(
          `[start] the service does not start: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      started.kill();
    });
    void started.died.then(again);
    this.#trace.add(`the service starts (life ${this.#lives})`);
  }

  async #within(what: string, milliseconds: number, work: Promise<void>): Promise<void> {
    let isOver = false;
    work
      .catch((error: unknown) => this.#unhandled(error))
      .finally(() => {
        isOver = true;
      });
    await settled();
    if (!(await this.#time.runUntil(() => isOver, milliseconds))) {
      this.#find(`[client-waits] ${what} did not end within ${milliseconds / 60_000} minutes`);
    }
  }

  /** Nobody asks for anything any more: what was begun comes to its end by itself. */
  async #rest(): Promise<void> {
    const time = this.#time;
    const end = time.now() + restWithin;
    for (;;) {
      const left = unfinished(readRows(databaseOf(this.#folder)));
      if (left.length === 0) {
        await time.runUntil(() => false, restFor);
        if (unfinished(readRows(databaseOf(this.#folder))).length === 0) {
          return;
        }
      }
      if (time.now() >= end) {
        for (const reason of left) {
          this.#find(`[no-rest] ${reason}`);
        }
        return;
      }
      await time.runUntil(() => false, 5_000);
    }
  }
}
