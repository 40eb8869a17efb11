import type { ServiceRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

/** A service as `os-services` shows it. */
export interface ServiceView {
  readonly service: ServiceRecord;
  readonly state: 'up' | 'down';
  /** Whether the driver answers; null for services without one. */
  readonly backendState: 'up' | 'down' | null;
}

export interface ServiceOperations {
  list(context: RequestContext): Promise<readonly ServiceView[]>;
  /** Disabled back ends get no new volumes. Admin. */
  setDisabled(
    context: RequestContext,
    service: { readonly host: string; readonly binary: string },
    disabled: boolean,
    reason: string | null,
  ): Promise<ServiceRecord>;
  /**
   * Fails a back end over to a replication target, or back with `default`; the work goes on in the background. Admin.
   * @param secondaryId `backend_id` of the target; null: the best one
   */
  failover(context: RequestContext, host: string, secondaryId: string | null): Promise<void>;
  /** No new volumes while its array is worked on. Admin. */
  freeze(context: RequestContext, host: string): Promise<void>;
  thaw(context: RequestContext, host: string): Promise<void>;
}
