import type { GroupRecord, Records, VolumeRecord } from '@cinder-flasharray/store';
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

/** Replication statuses of what a failover has left behind. */
const leftBehind = new Set(['not-capable', 'failover-error']);

/**
 * The array that a failover, or the way back, has left a volume on: a `backend_id`, or `default`; null: the back end
 * works there.
 */
export async function leftBehindOn(
  records: Records,
  {
    host,
    replicationStatus,
    replicationDriverData: there,
  }: Pick<VolumeRecord, 'host' | 'replicationStatus' | 'replicationDriverData'>,
): Promise<string | null> {
  if (host === null || (there === null && !leftBehind.has(replicationStatus ?? ''))) {
    return null;
  }
  // Rows of earlier releases do not say where.
  const left = there ?? primaryArray;
  return left === (await currentArrayOf(records, host)) ? null : left;
}

/** Where the protection group of a group is on record to be of which nothing was made. No `backend_id` is empty. */
export const nowhere = '';

/**
 * All arrays of the replicated pod: what is in it is wherever one of them is current. In the place of a `backend_id`,
 * which has no colon.
 */
export const thePod = '::';

/** All arrays of the pod, each for itself; followed by an array: all but that one, of the two that a pod has. */
export const eachOfThePod = ':::';

/** The same of a group: of its protection group, which stays on the array that it was made on, or in the pod. */
export async function groupLeftBehindOn(
  records: Records,
  { id, host, replicationStatus }: Pick<GroupRecord, 'id' | 'host' | 'replicationStatus'>,
): Promise<string | null> {
  const replicationDriverData = await records.groups.protectionGroupOn(id);
  if (replicationDriverData === nowhere) {
    return null;
  }
  return await leftBehindOn(records, { host, replicationStatus, replicationDriverData });
}
