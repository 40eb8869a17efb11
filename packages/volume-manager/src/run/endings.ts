import type { Ending, Failing, Work } from './definition.ts';

/** Work that is done, and of which no row tells. */
export function doneWithoutRows(next: readonly Work<unknown>[] = []): Ending<undefined> {
  return {
    write: async () => undefined,
    reservation: null,
    message: null,
    next,
    refresh: false,
    answer: undefined,
  };
}

/** Work that failed, and leaves all rows as they are. */
export function failedWithoutRows(error: Error, undoLater: Work<unknown> | null = null): Failing {
  return {
    write: async () => undefined,
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater,
    error,
  };
}
