import type { Clock } from '@cinder-flasharray/common';

interface Waiter {
  readonly at: number;
  readonly milliseconds: number;
  readonly resolve: () => void;
}

/** A clock that stands still until told to move. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #waiters: readonly Waiter[] = [];
  readonly #skipUpTo: number;
  readonly #waits: number[] = [];
  #onWait: (() => void) | null = null;

  /** @param skipUpTo waits of at most so many milliseconds are over at once, and time has moved on by them */
  constructor(skipUpTo = -1) {
    this.#skipUpTo = skipUpTo;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  /** Every wait asked for, in order, in milliseconds. */
  get waits(): readonly number[] {
    return this.#waits;
  }

  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#waits.push(milliseconds);
    this.#onWait?.();
    if (milliseconds <= this.#skipUpTo) {
      this.#now += milliseconds;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { at: this.#now + milliseconds, milliseconds, resolve };
    this.#waiters = [...this.#waiters, waiter];
    signal?.addEventListener('abort', () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      reject(signal.reason);
    });
    await promise;
  }

  /** Moves the clock and ends the waits that are over. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const over = this.#waiters.filter((waiter) => waiter.at <= this.#now);
    this.#waiters = this.#waiters.filter((waiter) => waiter.at > this.#now);
    for (const waiter of over) {
      waiter.resolve();
    }
  }

  /** Resolves when somebody waits for so many milliseconds. */
  async waitedFor(milliseconds: number): Promise<void> {
    while (!this.#waiters.some((waiter) => waiter.milliseconds === milliseconds)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onWait = resolve;
      await promise;
      await Promise.resolve();
    }
  }
}
