import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '@cinder-flasharray/store';
import { type Clients, context } from './clients.ts';
import { Knowledge } from './knowledge.ts';
import { initiatorOf } from './machines.ts';
import { Network } from './network.ts';
import type { Switch } from './oracle-of-failovers.ts';
import { type Random, randomFor } from './random.ts';
import { type Rows, RowsReader, unfinished } from './rows.ts';
import { databaseOf, isProcessDeath, type Machine, ServiceProcess } from './service-process.ts';
import { buildSite, groupTypes, plainPod, type Site, type SiteName } from './site.ts';
import { Trace } from './trace.ts';
import { settled, VirtualTime } from './virtual-time.ts';

export interface StageOptions {
  readonly seed: number;
  readonly site: SiteName;
  /** Null: chance picks one. */
  readonly purity: string | null;
  /** Newest lines of the trace to keep. */
  readonly traceLines: number;
  /** Milliseconds until a process that has died is started again; draws from the life that ended. */
  readonly restartAfter: (random: Random) => number;
  /** Milliseconds a message takes between service and array, one way; at least, at most. */
  readonly latency?: readonly [number, number];
  /** What is there before the first start; absent: nothing. */
  readonly found?: FoundState;
}

/** What an earlier life of the service has left. */
export interface FoundState {
  /** The whole database, as SQL. */
  readonly database: string;
  /** What the arrays have, as a simulator keeps it. */
  readonly arrays: string;
  /** The moment, milliseconds since the epoch. */
  readonly at: number;
}

/** How long clients may take to get their last answers once all is well. */
export const answersWithin = 30 * 60_000;

const switching = /^update "services".*"active_backend_id"/is;

/** The database that the last world began with: worlds of the same seed begin with the same one. */
let lastDatabase: { readonly seed: number; readonly bytes: Uint8Array } | null = null;

/** What every world has, whatever happens in it: time, arrays, network, a service that is started again when it dies. */
export class Stage {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly site: Site;
  readonly network: Network;
  readonly knowledge = new Knowledge();
  readonly machine: Machine = {
    isDiskFull: false,
    clockError: 0,
    statements: 0,
    deathAt: null,
    watch: (sql) => this.#watchStatement(sql),
  };
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly #options: StageOptions;
  readonly #folder: string;
  readonly #findings: string[] = [];
  readonly #unhandled = (error: unknown): void => this.unexpected(error);
  /** Told of each start of the service, with the number of its life. */
  onStart: (life: number) => void = () => undefined;
  #process: ServiceProcess | null = null;
  #reader: RowsReader | null = null;
  #lives = 0;
  readonly #switches: Switch[] = [];
  /** When a statement was seen that may have named another array as the current one; null: none was. */
  #switchingSince: number | null = null;
  #isClosing = false;

  private constructor(
    options: StageOptions,
    parts: {
      readonly folder: string;
      readonly time: VirtualTime;
      readonly trace: Trace;
      readonly site: Site;
    },
  ) {
    this.#options = options;
    this.#folder = parts.folder;
    this.time = parts.time;
    this.trace = parts.trace;
    this.site = parts.site;
    this.began = parts.time.now();
    this.network = new Network({
      time: parts.time,
      random: randomFor(options.seed, 'network'),
      trace: parts.trace,
      arrays: parts.site.simulator.arrays,
      latency: options.latency ?? [5, 120],
    });
    process.on('unhandledRejection', this.#unhandled);
  }

  static async open(options: StageOptions): Promise<Stage> {
    const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'simulation-'));
    const time = new VirtualTime(randomFor(options.seed, 'time'), options.found?.at);
    const trace = new Trace(() => time.now(), options.traceLines);
    try {
      const site = await buildSite({
        name: options.site,
        purity: options.purity,
        seed: options.seed,
        random: randomFor(options.seed, 'site'),
        time,
        folder,
        arrays: options.found?.arrays ?? null,
      });
      return new Stage(options, { folder, time, trace, site });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The process that listens now. */
  get process(): ServiceProcess | null {
    return this.#process;
  }

  /** Starts of the service. */
  get lives(): number {
    return this.#lives;
  }

  /** What is wrong; empty: nothing. */
  get findings(): readonly string[] {
    return this.#findings;
  }

  /** The service's rows, read past the service. */
  rows(): Rows {
    this.#reader ??= new RowsReader(databaseOf(this.#folder));
    return this.#reader.read();
  }

  /** Where the back end went, as far as it is on record. */
  switches(): readonly Switch[] {
    this.#noteSwitch();
    return this.#switches;
  }

  /** Ends everything, and leaves nothing on disk. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#process?.kill();
    await settled();
    this.#reader?.close();
    process.off('unhandledRejection', this.#unhandled);
    await rm(this.#folder, { recursive: true, force: true });
  }

  find(finding: string): void {
    if (!this.#findings.includes(finding)) {
      this.trace.add(`FINDING ${finding}`);
      this.#findings.push(finding);
    }
  }

  /** An error that nobody caught: the end of a process is none. */
  unexpected(error: unknown): void {
    if (!isProcessDeath(error)) {
      this.find(`[unhandled] ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  /** A service that runs, with its types, and a back end that answers. */
  async begin(clients: Clients): Promise<void> {
    await this.#prepareDatabase();
    this.#startProcess();
    await this.within('preparing', answersWithin, this.#prepare(clients));
  }

  /** A service that takes up what was found. */
  takeUp(): void {
    // Rows come table by table, whichever they point to.
    const database = new DatabaseSync(databaseOf(this.#folder), { enableForeignKeyConstraints: false });
    database.exec(this.#options.found?.database ?? '');
    database.close();
    this.#startProcess();
  }

  async within(what: string, milliseconds: number, work: Promise<void>): Promise<void> {
    let isOver = false;
    work
      .catch((error: unknown) => this.unexpected(error))
      .finally(() => {
        isOver = true;
      });
    await settled();
    if (!(await this.time.runUntil(() => isOver, milliseconds))) {
      this.find(`[client-waits] ${what} did not end within ${milliseconds / 60_000} minutes`);
    }
  }

  /**
   * Nobody asks for anything any more: what was begun comes to its end by itself.
   * @param within milliseconds it may take
   * @param stay milliseconds it must stay at rest
   */
  async rest(within: number, stay: number): Promise<void> {
    const { time } = this;
    const end = time.now() + within;
    for (;;) {
      const left = unfinished(this.rows());
      if (left.length === 0) {
        await time.runUntil(() => false, stay);
        if (unfinished(this.rows()).length === 0) {
          return;
        }
      }
      if (time.now() >= end) {
        for (const reason of left) {
          this.find(`[no-rest] ${reason}`);
        }
        return;
      }
      await time.runUntil(() => false, 5_000);
    }
  }

  #watchStatement(sql: string): void {
    if (this.#switchingSince === null) {
      if (switching.test(sql)) {
        this.#switchingSince = this.time.now();
      }
    } else if (/^begin/i.test(sql)) {
      // The transaction that it was in is over, one way or the other.
      this.#noteSwitch();
    }
  }

  #noteSwitch(): void {
    const at = this.#switchingSince;
    if (at === null) {
      return;
    }
    this.#switchingSince = null;
    const active = this.rows().service?.active_backend_id ?? '';
    const [from, to] = [this.#switches.at(-1)?.to ?? 'default', active === '' ? 'default' : active];
    if (from !== to) {
      this.#switches.push({ at, from, to });
    }
  }

  /** Nothing limits what a project may have: limits have tests of their own. */
  async #prepareDatabase(): Promise<void> {
    const { seed } = this.#options;
    const file = databaseOf(this.#folder);
    if (lastDatabase?.seed === seed) {
      await writeFile(file, lastDatabase.bytes);
      return;
    }
    const random = randomFor(seed, 'database');
    const store = await openStore({
      path: file,
      clock: { now: () => this.time.now(), elapsed: () => this.time.now(), wait: () => this.time.wait(0) },
      uuid: () => random.uuid(),
    });
    await store.quotas.setLimits(context.projectId, {
      volumes: -1,
      snapshots: -1,
      gigabytes: -1,
      groups: -1,
    });
    await store.close();
    lastDatabase = { seed, bytes: await readFile(file) };
  }

  async #prepare(clients: Clients): Promise<void> {
    const { site } = this;
    const random = randomFor(this.#options.seed, 'preparation');
    const { control } = site.simulator;
    if (site.purity !== '4.8.0') {
      await control.admin('fa1', { kind: 'createPod', name: plainPod });
    }
    if (site.name === 'uniform' && random.chance(0.5)) {
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
    for (const [name, specs] of Object.entries(groupTypes)) {
      await clients.insist(`make group type ${name}`, async (service) => {
        const type = await service.groupTypes.create(context, { name, description: null, isPublic: true });
        await service.groupTypes.setGroupSpecs(context, type.id, specs);
      });
    }
    await clients.watch(
      'wait for the back end',
      (service) => service.services.list(context),
      (services) => services.every(({ backendState }) => backendState !== 'down'),
    );
  }

  /** Starts the service, and starts it again whenever it has died. */
  #startProcess(): void {
    this.#lives += 1;
    const { restartAfter, seed } = this.#options;
    const random = randomFor(seed, `life ${this.#lives}`);
    const started = new ServiceProcess({
      site: this.site,
      time: this.time,
      random,
      network: this.network,
      trace: this.trace,
      folder: this.#folder,
      machine: this.machine,
    });
    this.#process = started;
    const again = (): void => {
      if (!this.#isClosing && this.#process === started) {
        this.#process = null;
        this.time.after(restartAfter(random), () => this.#startProcess());
      }
    };
    this.onStart(this.#lives);
    started.start().catch((error: unknown) => {
      if (!isProcessDeath(error) && !this.machine.isDiskFull) {
        this.find(
          `[start] the service does not start: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      started.kill();
    });
    void started.died.then(again);
    this.trace.add(`the service starts (life ${this.#lives})`);
  }
}
