import type { Metadata, VolumeTypeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

export interface VolumeTypeOperations {
  /** Name or id. */
  get(context: RequestContext, nameOrId: string): Promise<VolumeTypeRecord>;
  /** The type a new volume gets when none is asked for. */
  getDefault(context: RequestContext): Promise<VolumeTypeRecord>;
  list(context: RequestContext): Promise<readonly VolumeTypeRecord[]>;
  /** Admin, as everything below. */
  create(
    context: RequestContext,
    request: {
      readonly name: string;
      readonly description: string | null;
      readonly isPublic: boolean;
      readonly extraSpecs: Metadata;
    },
  ): Promise<VolumeTypeRecord>;
  update(
    context: RequestContext,
    id: string,
    change: { readonly name?: string; readonly description?: string | null; readonly isPublic?: boolean },
  ): Promise<VolumeTypeRecord>;
  delete(context: RequestContext, id: string): Promise<void>;
  setExtraSpecs(context: RequestContext, id: string, specs: Metadata): Promise<Metadata>;
  deleteExtraSpec(context: RequestContext, id: string, key: string): Promise<void>;
  accessList(context: RequestContext, id: string): Promise<readonly string[]>;
  addAccess(context: RequestContext, id: string, projectId: string): Promise<void>;
  removeAccess(context: RequestContext, id: string, projectId: string): Promise<void>;
}
