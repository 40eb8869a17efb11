import { SimulatorError } from '../errors.ts';
import type { ApiRequest } from '../http/messages.ts';
import type { SimulatorTimers } from '../time/timers.ts';
import type { Hold, HoldOutcome } from './faults.ts';
import { checkMatch, matches } from './matching.ts';
import type { LoggedRequest } from './requests.ts';

/** How a held request goes on. */
export type HoldRelease = 'continue' | 'drop';

type Entry = {
  readonly id: string;
  readonly hold: Hold;
  seen: number;
  held: LoggedRequest | null;
  release: ((how: HoldRelease) => void) | null;
  /** Released before any request came. */
  released: HoldRelease | null;
  readonly waiters: Set<(request: LoggedRequest) => void>;
};

/** The holds armed on an array: each stops one request. */
export class HoldTable {
  readonly #entries = new Map<string, Entry>();
  readonly #timers: SimulatorTimers;
  #count = 0;

  constructor(timers: SimulatorTimers) {
    this.#timers = timers;
  }

  /** @throws SimulatorError `invalid` for an unusable match. */
  arm(hold: Hold): string {
    checkMatch(hold.match);
    this.#count += 1;
    const id = `hold-${this.#count}`;
    this.#entries.set(id, {
      id,
      hold,
      seen: 0,
      held: null,
      release: null,
      released: null,
      waiters: new Set(),
    });
    return id;
  }

  /** Waits when a hold of this phase is about the request; says how to go on. `gone`: the client left. */
  async pass(
    phase: Hold['phase'],
    request: ApiRequest,
    logged: () => LoggedRequest,
    gone: Promise<'gone'>,
  ): Promise<HoldRelease | 'gone'> {
    for (const entry of this.#entries.values()) {
      if (entry.hold.phase !== phase || entry.held !== null || entry.released !== null) continue;
      if (!matches(entry.hold.match, request)) continue;
      entry.seen += 1;
      if (entry.seen <= (entry.hold.skip ?? 0)) continue;
      const released = Promise.withResolvers<HoldRelease>();
      entry.held = logged();
      entry.release = released.resolve;
      for (const waiter of entry.waiters) waiter(entry.held);
      entry.waiters.clear();
      return Promise.race([released.promise, gone]);
    }
    return 'continue';
  }

  /** Waits for a request to be held, at most so many milliseconds. */
  async wait(id: string, timeoutMs: number): Promise<HoldOutcome> {
    const entry = this.#find(id);
    if (entry.held !== null) return { kind: 'held', request: entry.held };
    const outcome = Promise.withResolvers<HoldOutcome>();
    const waiter = (request: LoggedRequest) => outcome.resolve({ kind: 'held', request });
    entry.waiters.add(waiter);
    const endWait = this.#timers.after(timeoutMs, () => outcome.resolve({ kind: 'timeout' }));
    try {
      return await outcome.promise;
    } finally {
      endWait();
      entry.waiters.delete(waiter);
    }
  }

  /** Ends a hold. @throws SimulatorError `not-found` */
  release(id: string, how: HoldRelease): void {
    const entry = this.#find(id);
    if (entry.released !== null) return;
    entry.released = how;
    entry.release?.(how);
  }

  /** Ends all holds; waiting requests go on. */
  clear(how: HoldRelease = 'continue'): void {
    for (const entry of this.#entries.values()) entry.release?.(how);
    this.#entries.clear();
  }

  #find(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new SimulatorError('not-found', `there is no hold ${id}`);
    return entry;
  }
}
