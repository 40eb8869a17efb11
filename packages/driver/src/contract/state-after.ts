import { isArrayError } from '@cinder-flasharray/flasharray';
import { arrayFailure, isTransient } from './driver-error.ts';

/**
 * After a creation that failed: what the array has under the name, where it definitely answered the call and the
 * question.
 * @param look asks the array
 * @throws DriverError about trouble with the question that may pass, where everything depends on its answer: the name is
 *   taken, maybe by an earlier try
 */
export async function stateAfter<State extends string>(
  doing: string,
  failure: unknown,
  look: () => Promise<State>,
): Promise<State | 'unknown'> {
  if (!isArrayError(failure) || failure.applied !== 'no') {
    return 'unknown';
  }
  try {
    return await look();
  } catch (error) {
    if (!isArrayError(error)) {
      throw error;
    }
    if (isArrayError(failure, 'already-exists') && isTransient(error)) {
      throw arrayFailure(doing, error);
    }
    return 'unknown';
  }
}
