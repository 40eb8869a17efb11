import type { Clock } from '@cinder-flasharray/common';
import { isTransient } from '../contract/driver-error.ts';

/** Waits between the tries of one step, milliseconds. */
const waits = [1_000, 2_000, 4_000] as const;

/**
 * Tries steps on an array again while their trouble may pass. An array that answers nothing at all is lost: then all
 * steps end at once, so that nobody waits for each of a thousand.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #ask: () => Promise<unknown>;
  #lost: { readonly reason: unknown } | null = null;

  /** @param ask asks the array something harmless */
  constructor(clock: Clock, ask: () => Promise<unknown>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Why the array is given up; null: it is not. */
  get lost(): { readonly reason: unknown } | null {
    return this.#lost;
  }

  async through<T>(step: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      if (this.#lost !== null) {
        throw this.#lost.reason;
      }
      try {
        return await step();
      } catch (error) {
        const wait = waits[tries];
        if (!isTransient(error)) {
          throw error;
        }
        if (wait === undefined) {
          await this.#look();
          throw error;
        }
        await this.#clock.wait(wait);
      }
    }
  }

  async #look(): Promise<void> {
    try {
      await this.#ask();
    } catch (error) {
      if (isTransient(error)) {
        this.#lost = { reason: error };
      }
    }
  }
}
