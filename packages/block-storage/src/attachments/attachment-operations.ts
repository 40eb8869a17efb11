import type {
  AttachmentFilter,
  AttachmentRecord,
  AttachmentSortKey,
  JsonObject,
  Page,
  PageRequest,
} from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

export interface AttachmentOperations {
  /** Without a connector the volume is only reserved; with one it is connected before the answer. */
  create(
    context: RequestContext,
    request: {
      readonly volumeId: string;
      readonly instanceUuid: string | null;
      readonly connector: JsonObject | null;
      /** 3.54. */
      readonly mode: 'rw' | 'ro' | null;
    },
  ): Promise<AttachmentRecord>;
  get(context: RequestContext, id: string): Promise<AttachmentRecord>;
  list(
    context: RequestContext,
    filter: AttachmentFilter,
    page: PageRequest<AttachmentSortKey>,
  ): Promise<Page<AttachmentRecord>>;
  /** Connects; the record's `connectionInfo` is what the host needs. */
  update(context: RequestContext, id: string, connector: JsonObject): Promise<AttachmentRecord>;
  complete(context: RequestContext, id: string): Promise<void>;
  /** @returns the attachments the volume still has */
  delete(context: RequestContext, id: string): Promise<readonly AttachmentRecord[]>;
}
