import type { Clock } from '@cinder-flasharray/common';
import type { Store } from './store.ts';

export interface OpenStoreOptions {
  /** File name, or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
}

/**
 * Opens the database, creating the schema of Cinder 21 at first use.
 * @throws StoreError `busy` when another process owns it, `schema` when it is not a database of ours
 */
export function openStore(_options: OpenStoreOptions): Promise<Store> {
  throw new Error('not implemented');
}
