import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from './backend-host.ts';

/** The primary, in the words of `cinder failover-host --backend_id`. */
export const primaryArray = 'default';

/**
 * The array that the back end of a host works on: a `backend_id`, or `default`.
 * @param host `host@backend` or `host@backend#pool`
 */
export async function currentArrayOf(records: Records, host: string): Promise<string> {
  const service = await records.services.find(backendHostOf(host), 'cinder-volume');
  return currentArray(service);
}

/** The same, of the service's row. */
export function currentArray(service: { readonly activeBackendId: string | null } | null): string {
  const active = service?.activeBackendId ?? '';
  return active === '' ? primaryArray : active;
}

/** Whether a failover, or the way back, has left the volume on an array that is not the current one. */
export async function isLeftBehind(
  records: Records,
  { host, replicationDriverData: there }: Pick<VolumeRecord, 'host' | 'replicationDriverData'>,
): Promise<boolean> {
  return host !== null && there !== null && there !== (await currentArrayOf(records, host));
}
