import type { LeftBehind, Records, SnapshotRecord, SnapshotStatus } from '@cinder-flasharray/store';
import { primaryArray } from '../../rows/current-array.ts';
import type { Work } from '../../run/definition.ts';
import { deleteSnapshot } from '../snapshots/delete-snapshot.ts';
import { unmanageSnapshot } from '../snapshots/unmanage-snapshot.ts';
import type { Fate, Switchover } from './switchover.ts';

/** A snapshot that a failover has left on an array. */
export type LeftSnapshot = LeftBehind &
  Pick<SnapshotRecord, 'id' | 'volumeId' | 'groupSnapshotId' | 'status'>;

interface KnownSnapshot {
  readonly row: SnapshotRecord;
  /** An earlier failover has left it behind. */
  readonly isLeft: boolean;
}

export async function snapshotsByVolume(
  records: Records,
  { host }: Switchover,
): Promise<ReadonlyMap<string, readonly KnownSnapshot[]>> {
  const left = new Set((await records.snapshots.leftBehindOf(host)).map(({ id }) => id));
  const byVolume = new Map<string, KnownSnapshot[]>();
  for await (const page of records.snapshots.ofBackend(host)) {
    for (const row of page) {
      const known = byVolume.get(row.volumeId) ?? [];
      byVolume.set(row.volumeId, [...known, { row, isLeft: left.has(row.id) }]);
    }
  }
  return byVolume;
}

/**
 * Copies have no snapshots: those of a volume that was copied are where it was, and those of its copy where that was.
 * @param there that array: `backend_id`, or `default`
 */
export async function leaveSnapshots(
  records: Records,
  snapshots: readonly KnownSnapshot[],
  there: string,
  { current }: Switchover,
): Promise<void> {
  if (there !== current) {
    // One that is being taken is taken on the array that comes; of a group it cannot be, which is not there.
    const leaving = snapshots.filter(({ row }) => row.status !== 'creating' || row.groupSnapshotId !== null);
    await loseSnapshots(records, leaving, there);
  }
}

/** They cannot be used. @param there the array that they are on: `backend_id`, or `default`; null: nobody knows */
export async function loseSnapshots(
  records: Records,
  snapshots: readonly KnownSnapshot[],
  there: string | null,
): Promise<void> {
  for (const { row, isLeft } of snapshots) {
    if (there !== null && !isLeft) {
      await records.snapshots.setLeftBehind(row.id, { backendId: there, previousStatus: row.status });
    }
    await records.snapshots.update(row.id, { status: 'error' });
    // Its group snapshot would be gone for the other array, or be made of nothing.
    if (row.groupSnapshotId !== null) {
      await records.groupSnapshots.updateWhere(
        row.groupSnapshotId,
        { status: ['creating', 'deleting'] },
        { status: 'error' },
      );
    }
  }
}

/** Those of them that are on the array that is current now, as their volumes are. */
export function comingBack(
  snapshots: readonly LeftSnapshot[],
  fates: ReadonlyMap<string, Fate>,
  current: string,
): readonly LeftSnapshot[] {
  return snapshots.filter(({ volumeId, backendId }) => {
    const kind = fates.get(volumeId)?.kind ?? 'lost';
    // An older self on any array of the pod has the snapshots of the pod.
    return kind !== 'lost' && (backendId === current || (kind === 'outdated' && backendId === primaryArray));
  });
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
