import type { Clock, Logger } from '@cinder-flasharray/common';
import { DriverError } from '@cinder-flasharray/driver';

/** Waits before the second and the third try, milliseconds. */
const waits = [1_000, 2_000];

/**
 * Trouble that passes by itself. `timed-out` is not among them: each of those has waited for its whole deadline
 * already.
 */
const passing: ReadonlySet<string> = new Set(['unreachable', 'array-failure', 'rate-limited']);

/** Every driver call may be repeated, so trouble that passes by itself is given two more chances. */
export async function withRetries<T>(
  dependencies: { readonly clock: Clock; readonly logger: Logger },
  work: () => Promise<T>,
): Promise<T> {
  for (const wait of waits) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DriverError) || error.arrayCode === null || !passing.has(error.arrayCode)) {
        throw error;
      }
      dependencies.logger.warn({ error, wait }, 'the array failed in a way that may pass: trying again');
      await dependencies.clock.wait(wait);
    }
  }
  return await work();
}
