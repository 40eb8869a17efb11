import type { GroupTypeRecord, Metadata } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

export interface GroupTypeOperations {
  /** Name or id. */
  get(context: RequestContext, nameOrId: string): Promise<GroupTypeRecord>;
  /** The type named by `default_group_type`. */
  getDefault(context: RequestContext): Promise<GroupTypeRecord>;
  /** By name. */
  list(context: RequestContext): Promise<readonly GroupTypeRecord[]>;
  /** Admin, as everything below. */
  create(
    context: RequestContext,
    request: { readonly name: string; readonly description: string | null; readonly isPublic: boolean },
  ): Promise<GroupTypeRecord>;
  update(
    context: RequestContext,
    id: string,
    change: { readonly name?: string; readonly description?: string | null; readonly isPublic?: boolean },
  ): Promise<GroupTypeRecord>;
  delete(context: RequestContext, id: string): Promise<void>;
  setGroupSpecs(context: RequestContext, id: string, specs: Metadata): Promise<Metadata>;
  deleteGroupSpec(context: RequestContext, id: string, key: string): Promise<void>;
}
