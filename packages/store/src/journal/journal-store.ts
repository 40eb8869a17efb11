import type { JsonObject } from '../records.ts';

/** Unfinished work: what was asked for and how far it got. */
export interface JournalEntry {
  readonly id: string;
  /** Increasing: the order in which work was accepted. */
  readonly sequence: number;
  /** `create_volume`, `attachment_update`, ...: the manager's method. */
  readonly operation: string;
  /** Id of the volume, snapshot or attachment. */
  readonly resourceId: string;
  /** Arguments, as the operation's own codec made them. Never a secret. */
  readonly details: JsonObject;
  readonly createdAt: Date;
}

export interface JournalStore {
  add(entry: {
    readonly operation: string;
    readonly resourceId: string;
    readonly details: JsonObject;
  }): Promise<JournalEntry>;
  /** Replaces the details of an entry, for a step reached. */
  update(id: string, details: JsonObject): Promise<void>;
  /** Absent ones are fine. */
  remove(id: string): Promise<void>;
  /** Every entry, oldest first. */
  list(): Promise<readonly JournalEntry[]>;
}
