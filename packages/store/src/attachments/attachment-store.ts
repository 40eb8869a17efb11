import type { Page, PageRequest } from '../page.ts';
import type { AttachmentRecord, AttachStatus } from '../records.ts';

export type NewAttachment = Omit<AttachmentRecord, 'createdAt' | 'updatedAt'>;
export type AttachmentChange = Partial<Omit<NewAttachment, 'id' | 'volumeId'>>;

export const attachmentSortKeys = ['id', 'created_at', 'updated_at', 'attach_status', 'volume_id'] as const;
export type AttachmentSortKey = (typeof attachmentSortKeys)[number];

export interface AttachmentFilter {
  /** Null: attachments to volumes of every project. */
  readonly projectId: string | null;
  readonly volumeId?: string;
  readonly instanceUuid?: string;
  readonly attachStatus?: string;
}

export interface AttachmentStore {
  insert(attachment: NewAttachment): Promise<AttachmentRecord>;
  get(id: string): Promise<AttachmentRecord | null>;
  list(filter: AttachmentFilter, page: PageRequest<AttachmentSortKey>): Promise<Page<AttachmentRecord>>;
  /** Live attachments of one volume, oldest first. */
  ofVolume(volumeId: string): Promise<readonly AttachmentRecord[]>;
  update(id: string, change: AttachmentChange): Promise<boolean>;
  /** One conditional UPDATE. @returns false when it is gone or its status is another. */
  updateWhere(
    id: string,
    conditions: { readonly attachStatus: readonly AttachStatus[] },
    change: AttachmentChange,
  ): Promise<boolean>;
  /** Soft-deletes the row with `attach_status` `detached` and the detach time. */
  delete(id: string): Promise<void>;
}
