import type { Backend } from '../backends/backend.ts';
import { isUp } from '../backends/backend-state.ts';
import { asError } from './as-error.ts';
import type { Run, RunnerOptions } from './run.ts';

/**
 * Waits for the back end of a piece of work; a call waits for no longer than its caller does.
 * @returns null when it is up; why it is not, when a call cannot wait any longer
 * @throws the reason of `stopping`
 */
export async function untilUp(
  run: Run,
  backend: Backend,
  { clock, callDeadline }: Pick<RunnerOptions, 'clock' | 'callDeadline'>,
  stopping: AbortSignal,
): Promise<Error | null> {
  if (isUp(backend.condition)) {
    return null;
  }
  const timer = new AbortController();
  const from = clock.elapsed();
  if (run.kind === 'call') {
    const left = Math.max(0, run.began + callDeadline - from);
    clock.wait(left, timer.signal).then(
      () => timer.abort(),
      () => undefined,
    );
  }
  try {
    await backend.whenUp(AbortSignal.any([timer.signal, stopping]));
    return null;
  } catch (error) {
    stopping.throwIfAborted();
    return asError(error);
  } finally {
    timer.abort();
    run.waited += clock.elapsed() - from;
  }
}
