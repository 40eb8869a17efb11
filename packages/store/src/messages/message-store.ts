import type { MessageRecord } from '../records.ts';

export interface MessageStore {
  insert(message: Omit<MessageRecord, 'createdAt'>): Promise<MessageRecord>;
  get(id: string): Promise<MessageRecord | null>;
  list(projectId: string | null): Promise<readonly MessageRecord[]>;
  delete(id: string): Promise<boolean>;
  /** Soft-deletes those whose time is over (`expires_at`), as Cinder's periodic task does. @returns how many */
  deleteExpired(): Promise<number>;
}
