import type { SimulatedArray } from './simulated-array.ts';

/** What lets clients reach an array, or not. */
export interface ArrayListener {
  /** Lets clients in; safe to repeat. */
  listen(array: SimulatedArray): Promise<void>;
  /** Refuses clients and cuts the connections there are; safe to repeat. */
  stop(): Promise<void>;
}
