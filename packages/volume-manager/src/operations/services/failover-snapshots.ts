import type { Records, SnapshotRecord } from '@cinder-flasharray/store';
import { primaryArray } from '../../rows/current-array.ts';
import { deferSnapshot } from '../originals/clear-snapshot.ts';
import { createSnapshot } from '../snapshots/create-snapshot.ts';
import type { LeftSnapshot } from '../snapshots/left-behind.ts';
import type { Fate, Switchover } from './switchover.ts';

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
  { host, left, current, servesPod }: Switchover,
): Promise<void> {
  if (there !== current) {
    // One that is being taken is taken on the array that comes; of a group it cannot be, which is not there.
    const coming = snapshots.filter(({ row }) => row.status === 'creating' && row.groupSnapshotId === null);
    const taken = coming.length === 0 ? new Set<string>() : await beingTaken(records);
    for (const { row } of coming.filter(({ row: { id } }) => taken.has(id))) {
      await deferSnapshot(records, row, host, { backendId: left, servesPod: servesPod.left });
    }
    await loseSnapshots(
      records,
      snapshots.filter((snapshot) => !coming.includes(snapshot)),
      there,
    );
  }
}

/** Ids of the snapshots that are being made, and not managed. */
async function beingTaken(records: Records): Promise<ReadonlySet<string>> {
  const entries = await records.journal.list();
  return new Set(
    entries.flatMap(({ operation, resourceId }) => (operation === createSnapshot.name ? [resourceId] : [])),
  );
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
