import { setTimeout as delay } from 'node:timers/promises';

/** Time as the code sees it; tests inject their own. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Milliseconds since some moment: for how long something takes. It goes on evenly when the machine's clock is set. */
  elapsed(): number;
  /** Resolves after `milliseconds`, or rejects with the signal's reason when it is aborted first. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  wait: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};
