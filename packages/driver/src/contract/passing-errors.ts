import { isArrayError } from '@cinder-flasharray/flasharray';

/** Whether an error says that the array cannot be reached at the moment, rather than that something is wrong. */
export function isAway(error: unknown): boolean {
  return isArrayError(error, 'unreachable', 'timed-out', 'array-failure', 'rate-limited');
}
