import type { Clock } from '@cinder-flasharray/common';
import type { Records, Reservation } from '@cinder-flasharray/store';
import { leaveMessage } from '../rows/user-messages.ts';
import type { Abandoning, Ending, Failing, Work } from './definition.ts';

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

/** Work whose acceptance took nothing but the status that it has lost. @param error what its caller is told */
export function nothingTaken(error: Error | null = null): Abandoning {
  return { write: async () => undefined, reservation: null, error };
}

/** Work whose acceptance took quota as well. */
export function quotaTaken(ids: Reservation): Abandoning {
  return { ...nothingTaken(), reservation: { ids, how: 'roll-back' } };
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

/**
 * Writes all of an ending but what follows from it, in the transaction that closes its journal entry, or gives it to
 * what is left to be done.
 */
export async function writeEnding(
  records: Records,
  entryId: string,
  { write, reservation, message }: Ending<unknown>,
  left: Work<unknown> | null,
  { clock, randomUuid }: { readonly clock: Clock; readonly randomUuid: () => string },
): Promise<void> {
  await write(records);
  if (reservation !== null) {
    const { ids, how } = reservation;
    await (how === 'commit' ? records.quotas.commit(ids) : records.quotas.rollback(ids));
  }
  if (message !== null) {
    await leaveMessage(records, { ...message, requestId: null }, { now: clock.now(), randomUuid });
  }
  if (left === null) {
    await records.journal.remove(entryId);
  } else {
    const { name, resourceId, details } = left;
    await records.journal.replace(entryId, { operation: name, resourceId, details });
  }
}
