/** How somebody wants a resource: beside others who want it `shared`, or alone. */
export interface Wanted {
  readonly key: string;
  readonly mode: 'shared' | 'exclusive';
}

/** A place in the queues of all resources that a piece of work wants. */
export interface Place {
  /** Resolves when everybody who came before and stands in the way has left. */
  readonly turn: Promise<void>;
  /** Ends the work, or gives up the place before its turn. Safe to repeat. */
  leave(): void;
}

interface Entry {
  readonly wanted: readonly Wanted[];
  /** Earlier entries that are still in the way. */
  readonly before: Set<Entry>;
  /** Later entries that wait for this one. */
  readonly behind: Set<Entry>;
  readonly begin: () => void;
  hasLeft: boolean;
}

/**
 * First come, first served, on every resource that two pieces of work both want. A place is taken in all queues at
 * once, so nobody ever waits for somebody who came later, and no two wait for each other.
 */
export class ResourceQueue {
  /** By key: entries that have not left, in the order they came. */
  readonly #queues = new Map<string, Set<Entry>>();

  /** Takes a place now: the order of these calls is the order of the work. A key that is wanted in both ways is wanted alone. */
  enter(wanted: readonly Wanted[]): Place {
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry: Entry = {
      wanted: strongest(wanted),
      before: new Set(),
      behind: new Set(),
      begin: resolve,
      hasLeft: false,
    };
    for (const { key, mode } of entry.wanted) {
      const queue = this.#queues.get(key) ?? new Set<Entry>();
      this.#queues.set(key, queue);
      for (const earlier of queue) {
        const other = earlier.wanted.find((candidate) => candidate.key === key);
        if (mode === 'exclusive' || other?.mode === 'exclusive') {
          entry.before.add(earlier);
          earlier.behind.add(entry);
        }
      }
      queue.add(entry);
    }
    if (entry.before.size === 0) {
      resolve();
    }
    return { turn: promise, leave: () => this.#leave(entry) };
  }

  /** Resources that somebody has or waits for. */
  get size(): number {
    return this.#queues.size;
  }

  #leave(entry: Entry): void {
    if (entry.hasLeft) {
      return;
    }
    entry.hasLeft = true;
    for (const { key } of entry.wanted) {
      const queue = this.#queues.get(key);
      queue?.delete(entry);
      if (queue?.size === 0) {
        this.#queues.delete(key);
      }
    }
    for (const earlier of entry.before) {
      earlier.behind.delete(entry);
    }
    for (const later of entry.behind) {
      later.before.delete(entry);
      if (later.before.size === 0) {
        later.begin();
      }
    }
  }
}

function strongest(wanted: readonly Wanted[]): readonly Wanted[] {
  const modes = new Map<string, Wanted['mode']>();
  for (const { key, mode } of wanted) {
    modes.set(key, modes.get(key) === 'exclusive' ? 'exclusive' : mode);
  }
  return [...modes].map(([key, mode]) => ({ key, mode }));
}
