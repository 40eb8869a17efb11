import { join } from 'node:path';
import type { ApiServer } from '@cinder-flasharray/api';
import type { BlockStorage } from '@cinder-flasharray/block-storage';
import type { LogFields, Logger } from '@cinder-flasharray/common';
import { openStore, type Store } from '@cinder-flasharray/store';
import type { VolumeManager } from '@cinder-flasharray/volume-manager';
import {
  composeApi,
  composeBlockStorage,
  composeManager,
  type ServiceEdges,
} from '../../packages/cli/src/service/compose.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';
import { type EventOwner, ProcessClock, type VirtualTime } from './virtual-time.ts';

/** A statement of a process that is dead is not run. */
export class ProcessDeath extends Error {
  override readonly name = 'ProcessDeath';
}

export function isProcessDeath(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProcessDeath) {
      return true;
    }
  }
  return false;
}

/** What SQLite throws when the disk is full (result code 13). */
class DiskFullError extends Error {
  readonly code = 'ERR_SQLITE_ERROR';
  readonly errcode = 13;

  constructor() {
    super('database or disk is full');
  }
}

export interface ProcessParts {
  readonly site: Site;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly network: Network;
  readonly trace: Trace;
  readonly folder: string;
  /** The machine, which outlives its processes. */
  readonly machine: Machine;
}

/** What is true of the machine at the moment. */
export interface Machine {
  isDiskFull: boolean;
  /** Milliseconds by which its clock is ahead. */
  clockError: number;
  /** Statements that processes have run. */
  statements: number;
  /** Before this statement the process dies; null: it does not. */
  deathAt: number | null;
  /** Told of each statement before it runs. */
  readonly watch: (sql: string) => void;
}

/** File of the service's database. */
export function databaseOf(folder: string): string {
  return join(folder, 'cinder.sqlite');
}

const writes = /^\s*(insert|update|delete|commit|begin immediate)/i;

/** One life of the service, composed as `serve` does it. */
export class ServiceProcess implements EventOwner {
  readonly #parts: ProcessParts;
  readonly #died = Promise.withResolvers<'died'>();
  #database: { execute(sql: string): void; cut(): void } | null = null;
  #store: Store | null = null;
  #manager: VolumeManager | null = null;
  #blockStorage: BlockStorage | null = null;
  #api: ApiServer | null = null;
  #state: 'starting' | 'up' | 'stopping' | 'dead' = 'starting';

  constructor(parts: ProcessParts) {
    this.#parts = parts;
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** Takes requests; null: nobody listens. */
  get blockStorage(): BlockStorage | null {
    return this.#state === 'up' ? this.#blockStorage : null;
  }

  /** The routes over it; null: this site's clients call it themselves. */
  get api(): ApiServer | null {
    return this.#api;
  }

  get manager(): VolumeManager | null {
    return this.#manager;
  }

  /** Resolves when the process is dead. */
  get died(): Promise<'died'> {
    return this.#died.promise;
  }

  async start(): Promise<void> {
    const { site, time, random, network, folder, machine, trace } = this.#parts;
    const clock = new ProcessClock(time, this, () => machine.clockError);
    const randomUuid = (): string => random.uuid();
    const store = await openStore({
      path: databaseOf(folder),
      clock,
      uuid: randomUuid,
      simulation: {
        beforeStatement: (sql) => this.#beforeStatement(sql),
        opened: (database) => {
          this.#database = database;
        },
      },
    });
    this.#store = store;
    const logger = this.#logger(trace);
    const edges: ServiceEdges = {
      clock,
      randomInteger: (below) => random.below(below),
      randomUuid,
      openTransport: network.openTransport(this),
    };
    const manager = await composeManager(site.config, store, logger, edges);
    this.#manager = manager;
    const blockStorage = composeBlockStorage(site.config, store, manager, logger, edges);
    this.#blockStorage = blockStorage;
    this.#api = site.isShared ? await composeApi(site.config, blockStorage, manager, logger, edges) : null;
    if (this.#state === 'starting') {
      this.#state = 'up';
      manager.start();
    }
  }

  /** As SIGTERM ends it: work that runs is given time. */
  async stop(): Promise<void> {
    if (this.#state !== 'up') {
      return;
    }
    this.#state = 'stopping';
    await this.#manager?.stop(20_000);
    await this.#store?.close();
    this.#state = 'dead';
    this.#died.resolve('died');
  }

  /** As SIGKILL ends it: at once, with nothing said to anybody. */
  kill(): void {
    if (this.#state === 'dead') {
      return;
    }
    this.#parts.trace.add('the process dies');
    this.#state = 'dead';
    this.#database?.cut();
    this.#died.resolve('died');
  }

  #beforeStatement(sql: string): void {
    const { machine, time } = this.#parts;
    if (this.#state === 'dead') {
      throw new ProcessDeath('the process is dead');
    }
    machine.statements += 1;
    machine.watch(sql);
    if (machine.statements === machine.deathAt) {
      machine.deathAt = null;
      this.#parts.trace.add(`the process dies before: ${sql.slice(0, 60)}`);
      this.#state = 'dead';
      // Not here: the connection is in the middle of a statement.
      time.after(0, () => {
        this.#database?.cut();
        this.#died.resolve('died');
      });
      throw new ProcessDeath('the process died');
    }
    if (machine.isDiskFull && writes.test(sql)) {
      throw new DiskFullError();
    }
  }

  #logger(trace: Trace): Logger {
    const write = (level: string, fields: LogFields, message: string): void => {
      if (this.isAlive) {
        const shown = Object.entries(fields).map(
          ([key, value]) => `${key}=${value instanceof Error ? value.message : String(value)}`,
        );
        trace.add(`log ${level} ${message} ${shown.join(' ')}`.slice(0, 400));
      }
    };
    return {
      debug: () => undefined,
      info: (fields, message) => write('info', fields, message),
      warn: (fields, message) => write('warn', fields, message),
      error: (fields, message) => write('error', fields, message),
    };
  }
}
