import type { ApiRequest } from '../http/messages.ts';
import type { ArmedFault, Fault, FaultEffect } from './faults.ts';
import { checkMatch, matches } from './matching.ts';

type Entry = { readonly fault: Fault; readonly id: string; seen: number; struck: number };

/** The faults armed on an array, in the order they were added. */
export class FaultTable {
  #entries: Entry[] = [];
  #count = 0;

  /** @throws SimulatorError `invalid` for an unusable match. */
  add(fault: Fault): string {
    checkMatch(fault.match);
    this.#count += 1;
    const id = `fault-${this.#count}`;
    this.#entries.push({ fault, id, seen: 0, struck: 0 });
    return id;
  }

  list(): readonly ArmedFault[] {
    return this.#entries.map(({ fault, id, struck }) => ({ ...fault, id, struck }));
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  /** What strikes this request: the first fault in order that matches and is not used up; null for none. */
  strike(request: ApiRequest): FaultEffect | null {
    for (const entry of this.#entries) {
      const { fault } = entry;
      const times = fault.times === null ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
      if (entry.struck >= times || !matches(fault.match, request)) continue;
      entry.seen += 1;
      if (entry.seen <= (fault.skip ?? 0)) continue;
      entry.struck += 1;
      return fault;
    }
    return null;
  }
}
