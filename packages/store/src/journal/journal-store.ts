import type { JsonObject } from '../records.ts';

/** Unfinished work: what was asked for, who works on it, and what became of the last try. */
export interface JournalEntry {
  readonly id: string;
  /** Increasing: the order in which work was accepted. */
  readonly sequence: number;
  /** `create_volume`, `attachment_update`, ...: Cinder's volume RPC method. */
  readonly operation: string;
  /** Id of the volume, snapshot, attachment, group, or the host of the service. */
  readonly resourceId: string;
  /** Arguments, as the operation's own schema reads them. Never a secret. */
  readonly details: JsonObject;
  /** The life of the process that works on it; null: one of before there were owners. */
  readonly owner: string | null;
  /** Tries that failed. */
  readonly attempts: number;
  /** It is tried again then; null: nobody has put it off. */
  readonly notBefore: Date | null;
  /** What the last try failed with. */
  readonly lastError: string | null;
  readonly createdAt: Date;
}

export interface NewJournalEntry {
  readonly operation: string;
  readonly resourceId: string;
  readonly details: JsonObject;
  readonly owner: string | null;
}

/** Work that waits until a back end works on an array again. */
export interface DeferredWork extends Omit<NewJournalEntry, 'owner' | 'resourceId'> {
  /** `node1@puredriver-1`. */
  readonly host: string;
  /** The array: `backend_id`, or `default`. */
  readonly backendId: string;
}

export interface JournalStore {
  add(entry: NewJournalEntry): Promise<JournalEntry>;
  /** Notes a try that failed, and when to try again. Absent ones are fine. */
  postpone(
    id: string,
    about: { readonly notBefore: Date; readonly lastError: string; readonly details?: JsonObject },
  ): Promise<void>;
  /** It is other work from now on, at the same place in the order. Absent ones are fine. */
  replace(id: string, work: Omit<NewJournalEntry, 'owner'>): Promise<void>;
  /** Absent ones are fine. */
  remove(id: string): Promise<void>;
  /** Whether there is such an entry still. */
  has(id: string): Promise<boolean>;
  /** Every entry, oldest first. */
  list(): Promise<readonly JournalEntry[]>;
  defer(work: DeferredWork): Promise<void>;
  /** What waits for the arrays of a back end, oldest first. @param host `node1@puredriver-1` */
  deferred(host: string): Promise<readonly (DeferredWork & { readonly id: number })[]>;
  /** Nothing of it waits any more. */
  removeDeferred(ids: readonly number[]): Promise<void>;
}
