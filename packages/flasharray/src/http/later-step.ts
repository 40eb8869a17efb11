import { ArrayError } from '../port/array-error.ts';

/**
 * The error of a step that follows another in the same call of the port: whatever became of this step, the call as a
 * whole did something.
 */
export async function laterStep<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof ArrayError && error.applied === 'no') {
      throw new ArrayError({
        code: error.code,
        message: error.message,
        context: error.context,
        array: error.array,
        operation: error.operation,
        status: error.status,
        applied: 'unknown',
        cause: error,
      });
    }
    throw error;
  }
}
