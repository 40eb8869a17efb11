import { isArrayError } from '../port/array-error.ts';

/** Makes something; that it is there already is fine. */
export async function unlessPresent(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isArrayError(error, 'already-exists')) {
      throw error;
    }
  }
}
