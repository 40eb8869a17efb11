import type { LeftBehind, Records, SnapshotRecord, SnapshotStatus } from '@cinder-flasharray/store';
import { currentArrayOf } from '../../rows/current-array.ts';
import type { Work } from '../../run/definition.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { unmanageSnapshot } from './unmanage-snapshot.ts';

/** A snapshot that a failover has left on an array. */
export type LeftSnapshot = LeftBehind &
  Pick<SnapshotRecord, 'id' | 'volumeId' | 'groupSnapshotId' | 'status'>;

/** Those of a volume that are on record to have been left on the array that is current now. */
export async function leftOnCurrent(
  records: Records,
  volumeId: string,
  host: string,
): Promise<readonly LeftSnapshot[]> {
  const current = await currentArrayOf(records, host);
  const found: LeftSnapshot[] = [];
  for (const { id, groupSnapshotId, status } of await records.snapshots.ofVolume(volumeId)) {
    const left = await records.snapshots.leftBehind(id);
    if (left !== null && left.backendId === current) {
      found.push({ id, volumeId, groupSnapshotId, status, ...left });
    }
  }
  return found;
}

/** They are what they were. */
export async function bringBack(records: Records, snapshots: readonly LeftSnapshot[]): Promise<void> {
  for (const snapshot of snapshots) {
    await records.snapshots.setLeftBehind(snapshot.id, null);
    await records.snapshots.updateWhere(
      snapshot.id,
      { status: ['error'] },
      { status: removalOf(snapshot)?.status ?? settledStatus(snapshot) },
    );
  }
}

/** A delete or an unmanage that was accepted before they were left. */
export function removalOf({
  id,
  status,
  groupSnapshotId,
  previousStatus,
}: LeftSnapshot): { readonly status: SnapshotStatus; readonly work: Work<unknown> } | null {
  if (status !== 'error' || groupSnapshotId !== null) {
    return null;
  }
  switch (previousStatus) {
    case 'deleting':
      return { status: previousStatus, work: deleteSnapshot.of({ snapshotId: id }) };
    case 'unmanaging':
      return { status: previousStatus, work: unmanageSnapshot.of({ snapshotId: id }) };
    default:
      return null;
  }
}

/** Nobody works on it any more. */
function settledStatus({ previousStatus }: LeftSnapshot): SnapshotStatus {
  switch (previousStatus) {
    case 'available':
    case 'error':
    case 'error_deleting':
    case 'error_managing':
      return previousStatus;
    case 'restoring':
    case 'updating':
    case 'backing-up':
      return 'available';
    case 'creating':
    case 'deleting':
    case 'managing':
    case 'unmanaging':
      return 'error';
  }
}
