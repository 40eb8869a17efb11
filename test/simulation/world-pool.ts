import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { PointReport, PointWorldOptions } from './point-world.ts';
import type { WorldOptions, WorldReport } from './world.ts';

const counts = z.object({
  operations: z.number(),
  requests: z.number(),
  calls: z.number(),
  faults: z.number(),
  deaths: z.number(),
  writes: z.number(),
  failovers: z.number(),
  statements: z.number(),
  events: z.number(),
  virtual: z.number(),
});
const worldReport = z.object({
  findings: z.array(z.string()),
  digest: z.string(),
  trace: z.array(z.string()),
  counts,
});
const pointReport = z.object({
  findings: z.array(z.string()),
  trace: z.array(z.string()),
  phases: z.array(
    z.object({
      statements: z.number(),
      calls: z.array(z.object({ label: z.string(), isAside: z.boolean() })),
    }),
  ),
});
const reply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('report'), report: z.unknown() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

/** An operation that the threads know by its name. */
export type PointTask = Omit<PointWorldOptions, 'operation'> & { readonly operation: string };

const worldsPerThread = 200;

/** Runs worlds side by side, in threads of this process. */
export class WorldPool {
  readonly #idle: Worker[];
  /** Worlds that each has run. */
  readonly #all = new Map<Worker, number>();
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(width: number) {
    this.#idle = Array.from({ length: width }, () => this.#begin());
  }

  /** @throws Error when the simulation itself fails */
  async run(options: WorldOptions): Promise<WorldReport> {
    const task = { ...options, kind: 'world', skip: [...options.skip] };
    const name = `seed ${options.seed}, ${options.site}, ${options.faults}`;
    return worldReport.parse(await this.#run(name, task));
  }

  /** @throws Error when the simulation itself fails */
  async runPoints(options: PointTask): Promise<PointReport> {
    const task = { ...options, kind: 'points' };
    const name = `${options.operation} ${options.purity} ${JSON.stringify(options.points)}`;
    return pointReport.parse(await this.#run(name, task));
  }

  async #run(name: string, task: unknown): Promise<unknown> {
    const worker = await this.#take();
    try {
      const answered = once(worker, 'message');
      worker.postMessage(task);
      const [message] = await answered.catch((error: unknown) => {
        throw new Error(`${name}: the worker failed`, { cause: error });
      });
      const outcome = reply.parse(message);
      if (outcome.kind === 'failed') {
        throw new Error(`${name}: ${outcome.reason}`);
      }
      return outcome.report;
    } finally {
      this.#giveBack(worker);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all.keys()].map((worker) => worker.terminate()));
  }

  async #take(): Promise<Worker> {
    const free = this.#idle.pop();
    if (free !== undefined) {
      return free;
    }
    const { promise, resolve } = Promise.withResolvers<Worker>();
    this.#waiting.push(resolve);
    return await promise;
  }

  #begin(): Worker {
    const worker = new Worker(new URL('world-worker.ts', import.meta.url));
    worker.setMaxListeners(0);
    this.#all.set(worker, 0);
    return worker;
  }

  /** What a simulated process was waiting for when it died is waited for as long as the thread lives. */
  #renewed(worker: Worker): Worker {
    const worlds = (this.#all.get(worker) ?? 0) + 1;
    this.#all.set(worker, worlds);
    if (worlds < worldsPerThread) {
      return worker;
    }
    this.#all.delete(worker);
    // It has nothing left to do, and nobody waits for it.
    void worker.terminate();
    return this.#begin();
  }

  #giveBack(used: Worker): void {
    const worker = this.#renewed(used);
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#idle.push(worker);
    } else {
      next(worker);
    }
  }
}
