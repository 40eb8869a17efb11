import type { Clock, Logger } from '@cinder-flasharray/common';
import type { Store } from '@cinder-flasharray/store';

/** From one look for old rows to the next, milliseconds. */
const interval = 3_600_000;
/** Rows that go at a time: what is more goes with the next tick. */
const most = 10_000;

export interface DeletedRowsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long rows that were deleted are kept, milliseconds; null: for ever. */
  readonly keep: number | null;
}

/** Messages whose time is over, and rows that were deleted long ago: without an end the database would only ever grow. */
export class DeletedRows {
  readonly #options: DeletedRowsOptions;
  #next = Number.NEGATIVE_INFINITY;

  constructor(options: DeletedRowsOptions) {
    this.#options = options;
  }

  /** Deletes and removes what is old enough, when it is time for that. For a periodic task of any interval. */
  async purge(): Promise<void> {
    const { store, clock, logger, keep } = this.#options;
    const now = clock.now();
    if (now < this.#next) {
      return;
    }
    await store.messages.deleteExpired();
    const rows = keep === null ? {} : await store.purgeDeleted({ deletedBefore: new Date(now - keep), most });
    const purged = Object.values(rows).reduce((sum, count) => sum + count, 0);
    if (purged < most) {
      this.#next = now + interval;
    }
    if (purged > 0) {
      logger.info(rows, 'rows that were deleted long ago are gone');
    }
  }
}
