import { isArrayError } from '../port/array-error.ts';
import { laterStep } from './later-step.ts';

/**
 * Takes something out of groups, one after the other, and then does what needs it to be in none. When the array refuses
 * a step, it is put back into those that it left: what nobody protects any more must not be what an error leaves behind.
 */
export async function leavingFirst(
  groups: readonly string[],
  steps: {
    readonly leave: (group: string) => Promise<void>;
    readonly join: (group: string) => Promise<void>;
    readonly act: () => Promise<void>;
  },
): Promise<void> {
  const left: string[] = [];
  try {
    for (const group of groups) {
      await steps.leave(group);
      left.push(group);
    }
    await steps.act();
  } catch (error) {
    // Only of what was refused it is certain that it is still where it was.
    if (!isArrayError(error) || error.applied !== 'no') {
      throw error;
    }
    const returns = await Promise.allSettled(left.map((group) => steps.join(group)));
    if (returns.some(({ status }) => status === 'rejected')) {
      await laterStep(Promise.reject(error));
    }
    throw error;
  }
}
