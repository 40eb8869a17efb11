import type { SimulatorTimers } from '../time/timers.ts';

/** Milliseconds without an arrival after which a round is complete. */
const quietMs = 30;
/** How often a round is put off because connections or requests are still arriving: 100 × 30 ms at most. */
const mostDelays = 100;

type Waiting = { readonly label: string; readonly go: () => void };

/**
 * Counts round trips. While it is open every request waits; when the client sends nothing more for a short quiet
 * time, all waiting ones are let go in the order of arrival: one round.
 */
export class Gate {
  readonly #arriving: () => number;
  readonly #timers: SimulatorTimers;
  #open = false;
  #waiting: Waiting[] = [];
  #rounds: (readonly string[])[] = [];
  #endWait: (() => void) | null = null;
  #lastArrival = 0;

  /** `arriving`: connections and requests that have begun and are not parsed yet. */
  constructor(arriving: () => number, timers: SimulatorTimers) {
    this.#arriving = arriving;
    this.#timers = timers;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  open(): void {
    this.#open = true;
    this.#rounds = [];
  }

  /** Lets everything go as a last round and tells all rounds. */
  close(): readonly (readonly string[])[] {
    this.#open = false;
    this.#letGo();
    const rounds = this.#rounds;
    this.#rounds = [];
    return rounds;
  }

  /** Waits for the end of the round. `gone` when the client left before. */
  async pass(label: string, gone: Promise<'gone'>): Promise<'continue' | 'gone'> {
    if (!this.#open) return 'continue';
    const turn = Promise.withResolvers<'continue'>();
    const entry = { label, go: () => turn.resolve('continue') };
    this.#waiting.push(entry);
    this.#lastArrival = this.#timers.now();
    this.#schedule(0);
    const how = await Promise.race([turn.promise, gone]);
    if (how === 'gone') this.#waiting = this.#waiting.filter((other) => other !== entry);
    return how;
  }

  #schedule(delays: number): void {
    this.#endWait?.();
    this.#endWait = this.#timers.after(quietMs, () => this.#timers.afterInput(() => this.#endRound(delays)));
  }

  #endRound(delays: number): void {
    const quiet = this.#timers.now() - this.#lastArrival >= quietMs;
    if ((!quiet || this.#arriving() > 0) && delays < mostDelays) this.#schedule(delays + 1);
    else this.#letGo();
  }

  #letGo(): void {
    this.#endWait?.();
    this.#endWait = null;
    const round = this.#waiting;
    this.#waiting = [];
    if (round.length === 0) return;
    this.#rounds.push(round.map((entry) => entry.label));
    for (const entry of round) entry.go();
  }
}
