import { Mutex } from 'async-mutex';

/** Serialises work per key within this process. Different keys never wait for each other. */
export class KeyedLock {
  readonly #mutexes = new Map<string, { readonly mutex: Mutex; holders: number }>();

  /**
   * Runs `work` while holding `key`. Not re-entrant: taking a key inside its own work waits for ever.
   * The lock is released whether `work` resolves or rejects.
   */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const entry = this.#mutexes.get(key) ?? { mutex: new Mutex(), holders: 0 };
    this.#mutexes.set(key, entry);
    entry.holders += 1;
    try {
      return await entry.mutex.runExclusive(work);
    } finally {
      entry.holders -= 1;
      if (entry.holders === 0) {
        this.#mutexes.delete(key);
      }
    }
  }

  /** Takes several keys in one fixed order (sorted), so that two callers never wait for each other. */
  async runAll<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = [...new Set(keys)].sort();
    return first === undefined ? work() : this.run(first, () => this.runAll(rest, work));
  }

  /** Keys that somebody holds or waits for. */
  get size(): number {
    return this.#mutexes.size;
  }
}
