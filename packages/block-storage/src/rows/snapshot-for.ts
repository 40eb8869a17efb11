import type { Records, SnapshotRecord } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';

/** @throws BlockStorageError `snapshot-not-found` */
export async function snapshotFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<SnapshotRecord> {
  const snapshot = await records.snapshots.get(id);
  if (snapshot === null || (!context.isAdmin && snapshot.projectId !== context.projectId)) {
    throw new BlockStorageError('snapshot-not-found', `Snapshot ${id} could not be found.`);
  }
  return snapshot;
}
