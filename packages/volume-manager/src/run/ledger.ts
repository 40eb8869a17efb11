import { isDeepStrictEqual } from 'node:util';
import type { Records } from '@cinder-flasharray/store';
import { asError } from './as-error.ts';
import type { Ending, Work } from './definition.ts';
import { writeEnding } from './endings.ts';
import type { Accepted, Run, RunnerOptions } from './run.ts';

/** Waits between tries, milliseconds; the last one repeats. */
const waits = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/** Milliseconds to wait after a number of tries, of the array as of the database. */
export function waitAfter(tries: number): number {
  return waits[Math.min(tries, waits.length - 1)] ?? 30_000;
}

/** What work puts on record: that it is accepted, its tries, how it ends. */
export class Ledger {
  readonly #options: Pick<RunnerOptions, 'store' | 'clock' | 'logger' | 'owner' | 'randomUuid'>;
  readonly #stopping: AbortSignal;

  constructor(
    options: Pick<RunnerOptions, 'store' | 'clock' | 'logger' | 'owner' | 'randomUuid'>,
    stopping: AbortSignal,
  ) {
    this.#options = options;
    this.#stopping = stopping;
  }

  async accept<Answer>(records: Records, work: Work<Answer>): Promise<Accepted<Answer>> {
    const { name, resourceId, details } = work;
    const { owner } = this.#options;
    const touches = await work.touches(records);
    const entry = await records.journal.add({ operation: name, resourceId, details, owner });
    return { entryId: entry.id, work, touches };
  }

  /** Accepts what is not in the journal yet. */
  follow(run: Run, works: readonly Work<unknown>[]): Promise<readonly Accepted<unknown>[]> {
    return this.write(run, async (records) => {
      const entries = await records.journal.list();
      const accepted: Accepted<unknown>[] = [];
      for (const work of works) {
        const isThere = entries.some(
          ({ operation, resourceId, details }) =>
            operation === work.name &&
            resourceId === work.resourceId &&
            isDeepStrictEqual(details, work.details),
        );
        if (!isThere) {
          accepted.push(await this.accept(records, work));
        }
      }
      return accepted;
    });
  }

  /** Notes a try that failed, if the database takes it. @param wait milliseconds */
  async postpone(run: Run, wait: number, reason: Error): Promise<void> {
    const { store, clock, logger } = this.#options;
    try {
      await store.journal.postpone(run.entryId, {
        notBefore: new Date(clock.now() + wait),
        lastError: reason.message.slice(0, 1_000),
      });
    } catch (error) {
      logger.warn({ doing: 'noting a try', error: asError(error) }, 'could not write to the journal');
    }
  }

  /**
   * Writes an ending.
   * @param left what takes the place of the work in the journal; null: nothing
   * @returns what follows from it
   */
  finish(
    run: Run,
    ending: Ending<unknown>,
    left: Work<unknown> | null,
  ): Promise<readonly Accepted<unknown>[]> {
    return this.write(run, async (records) => {
      await writeEnding(records, run.entryId, ending, left, this.#options);
      const accepted: Accepted<unknown>[] = [];
      for (const work of ending.next) {
        accepted.push(await this.accept(records, work));
      }
      return accepted;
    });
  }

  /** However long the database takes to be written again: what the array did is not done twice. */
  async write<T>(run: Run, write: (records: Records) => Promise<T>): Promise<T> {
    const { store, clock, logger } = this.#options;
    for (let tries = 0; ; tries += 1) {
      try {
        return await store.transaction(write);
      } catch (error) {
        this.#stopping.throwIfAborted();
        const wait = waitAfter(tries);
        logger.error({ work: run.name, error: asError(error), wait }, 'could not write what became of it');
        await clock.wait(wait, this.#stopping);
      }
    }
  }
}
