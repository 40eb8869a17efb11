import { SimulatorError } from '../errors.ts';

/** The simulated time of all arrays of one simulator. */
export class SimulatorClock {
  /** Null: the clock moves only by `advance`. */
  readonly #base: (() => number) | null;
  #offset: number;
  #looking: number | null = null;

  /** `startAt`: ISO 8601 start of a clock that moves only by `advance`; `now`: one that somebody else moves. */
  constructor(kind: 'system' | { readonly startAt: string } | { readonly now: () => number } = 'system') {
    this.#offset = 0;
    if (kind === 'system') {
      this.#base = () => Date.now();
      return;
    }
    if ('now' in kind) {
      this.#base = kind.now;
      return;
    }
    const start = Date.parse(kind.startAt);
    if (Number.isNaN(start)) {
      throw new SimulatorError('invalid', `clock.startAt is not a date: ${kind.startAt}`);
    }
    this.#base = null;
    this.#offset = start;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    if (this.#looking !== null) return this.#looking;
    return (this.#base?.() ?? 0) + this.#offset;
  }

  /** Does something that was due earlier with the clock showing that time; at most now. */
  at(time: number, work: () => void): void {
    const before = this.#looking;
    this.#looking = Math.min(time, this.now());
    try {
      work();
    } finally {
      this.#looking = before;
    }
  }

  /** Moves the clock forward. */
  advance(milliseconds: number): void {
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
      throw new SimulatorError(
        'invalid',
        `milliseconds must be a whole number of at least 0: ${milliseconds}`,
      );
    }
    this.#offset += milliseconds;
  }
}
