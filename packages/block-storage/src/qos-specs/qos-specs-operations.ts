import type { Metadata, QosConsumer, QosSpecsRecord, VolumeTypeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

/** All for administrators. */
export interface QosSpecsOperations {
  create(
    context: RequestContext,
    request: { readonly name: string; readonly consumer: QosConsumer; readonly specs: Metadata },
  ): Promise<QosSpecsRecord>;
  get(context: RequestContext, id: string): Promise<QosSpecsRecord>;
  list(context: RequestContext): Promise<readonly QosSpecsRecord[]>;
  /** Merges keys. */
  update(
    context: RequestContext,
    id: string,
    change: { readonly consumer?: QosConsumer; readonly specs: Metadata },
  ): Promise<QosSpecsRecord>;
  deleteKeys(context: RequestContext, id: string, keys: readonly string[]): Promise<void>;
  /** Refused while types are associated, unless forced. */
  delete(context: RequestContext, id: string, options: { readonly force: boolean }): Promise<void>;
  associations(context: RequestContext, id: string): Promise<readonly VolumeTypeRecord[]>;
  associate(context: RequestContext, id: string, volumeTypeId: string): Promise<void>;
  disassociate(context: RequestContext, id: string, volumeTypeId: string): Promise<void>;
  disassociateAll(context: RequestContext, id: string): Promise<void>;
}
