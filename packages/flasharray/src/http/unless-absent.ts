import { isArrayError } from '../port/array-error.ts';

/** Result of `work`, or `absent` when the array has no such object. */
export async function unlessAbsent<T, A>(work: () => Promise<T>, absent: A): Promise<T | A> {
  try {
    return await work();
  } catch (error) {
    if (isArrayError(error, 'not-found')) {
      return absent;
    }
    throw error;
  }
}
