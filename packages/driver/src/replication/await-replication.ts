import type { Clock } from '@cinder-flasharray/common';
import { DriverError } from '../contract/driver-error.ts';

/** Milliseconds between two looks (driver-behaviour section 6.2). */
const interval = 5_000;
/** Milliseconds after which waiting is given up. */
const patience = 180_000;

/**
 * Looks until the answer is there.
 * @param awaited for the error: `protection group fa1:cinder-group on array fa2`
 * @throws DriverError `driver` when it is not there in time
 */
export async function awaitReplication<T>(
  clock: Clock,
  awaited: string,
  look: () => Promise<T | null>,
): Promise<T> {
  const deadline = clock.elapsed() + patience;
  for (;;) {
    const found = await look();
    if (found !== null) {
      return found;
    }
    if (clock.elapsed() >= deadline) {
      throw new DriverError('driver', `Timed out after ${patience / 1_000} seconds waiting for ${awaited}.`);
    }
    await clock.wait(interval);
  }
}
