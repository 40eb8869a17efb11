/** Somebody who waits for a slot. */
interface Waiting {
  readonly hasBegun: boolean;
  readonly go: () => void;
}

/**
 * How many requests are with an array at once. The others wait: those of calls that have begun before those that have
 * not, each kind in the order in which it came.
 */
export class Slots {
  readonly #width: number;
  readonly #waiting: Waiting[] = [];
  #used = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Waits for a slot. @throws the signal's reason when it is aborted first; then there is nothing to leave */
  async enter(hasBegun: boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#used < this.#width) {
      this.#used += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { hasBegun, go: resolve };
    const abort = (): void => {
      const index = this.#waiting.indexOf(waiting);
      if (index >= 0) {
        this.#waiting.splice(index, 1);
        reject(signal.reason);
      }
    };
    this.#waiting.push(waiting);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  leave(): void {
    const next = this.#waiting.find(({ hasBegun }) => hasBegun) ?? this.#waiting[0];
    if (next === undefined) {
      this.#used -= 1;
      return;
    }
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    next.go();
  }
}
