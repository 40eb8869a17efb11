import { isArrayError } from '../port/array-error.ts';

/** Result of `work`, or `untold` when the array has no such object or does not show it to this user. */
export async function unlessRefused<T>(work: () => Promise<T>, untold: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isArrayError(error, 'not-found') || isArrayError(error, 'forbidden')) {
      return untold;
    }
    throw error;
  }
}
