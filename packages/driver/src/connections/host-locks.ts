import type { Locks } from '../contract/locks.ts';

/**
 * Serialises what is done to one host of one array. Work that knows the initiator and work that knows the array's
 * host meet at the same key: the host's initiators.
 */
export class HostLocks {
  readonly #locks: Locks;
  readonly #arrayId: string;

  constructor(locks: Locks, arrayId: string) {
    this.#locks = locks;
    this.#arrayId = arrayId;
  }

  run<T>(initiators: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.#locks.runAll(
      initiators.map((initiator) => `host:${this.#arrayId}:${initiator.toLowerCase()}`),
      work,
    );
  }
}
