import type { Clock } from '@cinder-flasharray/common';
import type { Records } from '@cinder-flasharray/store';
import { leaveMessage } from '../rows/user-messages.ts';
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

/** What was held for work that has ended is counted, or given back. */
export async function endReservation(
  records: Records,
  reservation: Ending<unknown>['reservation'],
): Promise<void> {
  if (reservation !== null) {
    const { ids, how } = reservation;
    await (how === 'commit' ? records.quotas.commit(ids) : records.quotas.rollback(ids));
  }
}

/** Writes all of an ending but what follows from it, in the transaction that closes its journal entry. */
export async function writeEnding(
  records: Records,
  entryId: string,
  { write, reservation, message }: Ending<unknown>,
  { clock, randomUuid }: { readonly clock: Clock; readonly randomUuid: () => string },
): Promise<void> {
  await write(records);
  await endReservation(records, reservation);
  if (message !== null) {
    await leaveMessage(records, { ...message, requestId: null }, { now: clock.now(), randomUuid });
  }
  await records.journal.remove(entryId);
}
