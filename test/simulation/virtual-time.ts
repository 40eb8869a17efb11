import type { Clock } from '@cinder-flasharray/common';
import type { Random } from './random.ts';

/** Somebody whose events end with him: a process that may die. */
export interface EventOwner {
  readonly isAlive: boolean;
}

interface Event {
  readonly at: number;
  /** Decides between events of the same moment. */
  readonly turn: number;
  readonly owner: EventOwner | null;
  readonly work: () => void;
  cancelled: boolean;
}

/**
 * The one clock and the one scheduler of a simulated world. Everything that happens is an event at a moment; events of
 * the same moment come in an order that chance decides. Nothing else moves the world: between two events all promises
 * that can settle have settled.
 */
export class VirtualTime {
  readonly #random: Random;
  #now: number;
  /** A binary heap, the earliest first. */
  readonly #events: Event[] = [];
  #steps = 0;

  /** @param begin milliseconds since the epoch */
  constructor(random: Random, begin = Date.UTC(2026, 0, 1)) {
    this.#random = random;
    this.#now = begin;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#now;
  }

  /** Events that have happened. */
  get steps(): number {
    return this.#steps;
  }

  /** @returns takes the event back, if it has not happened yet */
  after(milliseconds: number, work: () => void, owner: EventOwner | null = null): () => void {
    const event: Event = {
      at: this.#now + Math.max(0, milliseconds),
      turn: this.#random.uint32(),
      owner,
      work,
      cancelled: false,
    };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Resolves after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.after(milliseconds, resolve);
    await promise;
  }

  /** Lets one event happen, with all that follows from it at once. @returns false when there is none */
  async step(): Promise<boolean> {
    for (let event = this.#pop(); event !== null; event = this.#pop()) {
      if (event.cancelled || event.owner?.isAlive === false) {
        continue;
      }
      this.#now = Math.max(this.#now, event.at);
      this.#steps += 1;
      event.work();
      await settled();
      return true;
    }
    return false;
  }

  /** @returns whether `done` came true within so many milliseconds */
  async runUntil(done: () => boolean, milliseconds: number): Promise<boolean> {
    const end = this.#now + milliseconds;
    this.after(milliseconds, () => undefined);
    await settled();
    while (!done()) {
      if (this.#now >= end || !(await this.step())) {
        return done();
      }
    }
    return true;
  }

  #push(event: Event): void {
    const events = this.#events;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = events[parent];
      if (above === undefined || !isEarlier(event, above)) {
        break;
      }
      events[index] = above;
      index = parent;
    }
    events[index] = event;
  }

  #pop(): Event | null {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined) {
      return null;
    }
    if (events.length === 0) {
      return first;
    }
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let child = left;
      const [one, other] = [events[left], events[left + 1]];
      if (one === undefined) {
        break;
      }
      if (other !== undefined && isEarlier(other, one)) {
        child = left + 1;
      }
      const next = events[child];
      if (next === undefined || !isEarlier(next, last)) {
        break;
      }
      events[index] = next;
      index = child;
    }
    events[index] = last;
    return first;
  }
}

function isEarlier(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.turn < other.turn);
}

/** Every promise that can settle has settled: nothing of a world waits for anything outside it. */
export async function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  await promise;
}

/** The clock of a process: it may be wrong, and it stops with the process. */
export class ProcessClock implements Clock {
  readonly #time: VirtualTime;
  readonly #owner: EventOwner;
  readonly #error: () => number;

  /** @param error milliseconds by which the machine's clock is ahead */
  constructor(time: VirtualTime, owner: EventOwner, error: () => number) {
    this.#time = time;
    this.#owner = owner;
    this.#error = error;
  }

  now(): number {
    return this.#time.now() + this.#error();
  }

  elapsed(): number {
    return this.#time.now();
  }

  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.#time.after(milliseconds, resolve, this.#owner);
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}
