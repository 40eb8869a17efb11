/**
 * Mutual exclusion by name. In one process a `KeyedLock` does; services that share an array from several machines
 * need one that reaches all of them.
 */
export interface Locks {
  /** Runs `work` while nobody else holds the key. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work` while nobody else holds any of the keys; deadlock-free whatever their order. */
  runAll<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}
