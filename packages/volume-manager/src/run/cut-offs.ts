import type { Clock, Logger } from '@cinder-flasharray/common';

/** How long somebody who wants a back end alone waits for the work that is under way, milliseconds. */
const cutOffAfter = 10_000;

/** Ends calls to the arrays: of everybody when the service ends, of one back end when it is wanted alone. */
export class CutOffs {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #everybody = new AbortController();
  /** By `host@backend`. */
  readonly #backends = new Map<string, AbortController>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** What ends the calls of work. @param host of its back end; null: it is on none */
  signalFor(host: string | null): AbortSignal {
    if (host === null) {
      return this.#everybody.signal;
    }
    const own = this.#backends.get(host) ?? new AbortController();
    this.#backends.set(host, own);
    return AbortSignal.any([this.#everybody.signal, own.signal]);
  }

  /** Nobody waits any longer for what is with the arrays. */
  endAll(): void {
    this.#everybody.abort();
  }

  /**
   * Ends what still runs on a back end that is wanted alone, unless its turn comes first: it is taken up where it stopped,
   * after that.
   */
  async makeWay(host: string, turn: Promise<void>): Promise<void> {
    const timer = new AbortController();
    const late = this.#clock.wait(cutOffAfter, timer.signal).then(
      () => true,
      () => false,
    );
    try {
      if (await Promise.race([turn.then(() => false), late])) {
        this.#logger.info({ backend: host }, 'cutting off the work that is under way');
        this.#backends.get(host)?.abort();
        this.#backends.delete(host);
      }
    } finally {
      timer.abort();
    }
  }
}
