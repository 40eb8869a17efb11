import type { GroupSnapshotRecord, Records } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';

/** @throws BlockStorageError `group-snapshot-not-found` */
export async function groupSnapshotFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<GroupSnapshotRecord> {
  const snapshot = await records.groupSnapshots.get(id);
  if (snapshot === null || (!context.isAdmin && snapshot.projectId !== context.projectId)) {
    throw new BlockStorageError('group-snapshot-not-found', `GroupSnapshot ${id} could not be found.`);
  }
  return snapshot;
}
