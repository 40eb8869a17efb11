import type {
  GroupSnapshotFilter,
  GroupSnapshotRecord,
  GroupSnapshotSortKey,
  Page,
  PageRequest,
} from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

export interface GroupSnapshotOperations {
  create(
    context: RequestContext,
    request: { readonly groupId: string; readonly name: string | null; readonly description: string | null },
  ): Promise<GroupSnapshotRecord>;
  get(context: RequestContext, id: string): Promise<GroupSnapshotRecord>;
  list(
    context: RequestContext,
    filter: GroupSnapshotFilter,
    page: PageRequest<GroupSnapshotSortKey>,
  ): Promise<Page<GroupSnapshotRecord>>;
  delete(context: RequestContext, id: string): Promise<void>;
  /** Admin. */
  resetStatus(context: RequestContext, id: string, status: string): Promise<void>;
}
