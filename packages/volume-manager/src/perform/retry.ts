import type { Clock, Logger } from '@cinder-flasharray/common';
import { mayPass } from '@cinder-flasharray/driver';

/** Waits before the second and the third try, milliseconds. */
const waits = [1_000, 2_000];

/** Every driver call may be repeated, so trouble that passes by itself is given two more chances. */
export async function withRetries<T>(
  dependencies: { readonly clock: Clock; readonly logger: Logger },
  work: () => Promise<T>,
): Promise<T> {
  for (const wait of waits) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) {
        throw error;
      }
      dependencies.logger.warn(
        { error: error instanceof Error ? error : new Error(String(error)), wait },
        'the array failed in a way that may pass: trying again',
      );
      await dependencies.clock.wait(wait);
    }
  }
  return await work();
}
