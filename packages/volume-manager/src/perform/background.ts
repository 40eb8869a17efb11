import type { Clock, Logger } from '@cinder-flasharray/common';
import { BlockStorageError } from '../errors.ts';
import type { Background } from './perform.ts';

/** Runs casts side by side, each to its own end. */
export class BackgroundWork implements Background {
  readonly #running = new Set<Promise<void>>();
  readonly #logger: Logger;
  readonly #clock: Clock;
  #stopping = false;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  run(name: string, work: () => Promise<void>): void {
    if (this.#stopping) {
      throw new BlockStorageError(
        'stopping',
        'The service is stopping; the request is kept and finished at the next start.',
      );
    }
    const running = this.#supervise(name, work).finally(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }

  async drain(deadlineMilliseconds: number): Promise<void> {
    this.#stopping = true;
    const timer = new AbortController();
    const deadline = this.#clock.wait(deadlineMilliseconds, timer.signal).catch(() => undefined);
    await Promise.race([this.idle(), deadline]);
    timer.abort();
    if (this.#running.size > 0) {
      this.#logger.warn(
        { unfinished: this.#running.size },
        'stopping with unfinished work: it goes on at the next start',
      );
    }
  }

  async #supervise(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#logger.error(
        { work: name, error: error instanceof Error ? error : new Error(String(error)) },
        'background work failed',
      );
    }
  }
}
