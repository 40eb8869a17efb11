import type {
  Metadata,
  Page,
  PageRequest,
  SnapshotFilter,
  SnapshotRecord,
  SnapshotSortKey,
} from '@cinder-flasharray/store';
import type { DetailChange } from '../request/detail-change.ts';
import type { RequestContext } from '../request/request-context.ts';

export interface SnapshotOperations {
  create(
    context: RequestContext,
    request: {
      readonly volumeId: string;
      readonly displayName: string | null;
      readonly displayDescription: string | null;
      readonly metadata: Metadata;
      /** Also of a volume in use. */
      readonly force: boolean;
    },
  ): Promise<SnapshotRecord>;
  get(context: RequestContext, id: string): Promise<SnapshotRecord>;
  list(
    context: RequestContext,
    filter: SnapshotFilter,
    page: PageRequest<SnapshotSortKey>,
  ): Promise<Page<SnapshotRecord>>;
  update(context: RequestContext, id: string, change: DetailChange): Promise<SnapshotRecord>;
  delete(context: RequestContext, id: string, options: { readonly force: boolean }): Promise<void>;
  resetStatus(context: RequestContext, id: string, status: string): Promise<void>;
  setMetadata(
    context: RequestContext,
    id: string,
    metadata: Metadata,
    how: 'merge' | 'replace',
  ): Promise<Metadata>;
  deleteMetadata(context: RequestContext, id: string, key: string): Promise<void>;
}
