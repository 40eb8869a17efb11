import type { FailedOverVolume, FailoverResult } from '@cinder-flasharray/driver';
import type {
  LeftBehind,
  Records,
  SnapshotRecord,
  SnapshotStatus,
  VolumeRecord,
} from '@cinder-flasharray/store';
import { primaryArray } from '../../rows/current-array.ts';
import type { Work } from '../../run/definition.ts';
import { deleteSnapshot } from '../snapshots/delete-snapshot.ts';
import { unmanageSnapshot } from '../snapshots/unmanage-snapshot.ts';

/** A snapshot that a failover has left on an array. */
export type LeftSnapshot = LeftBehind &
  Pick<SnapshotRecord, 'id' | 'volumeId' | 'groupSnapshotId' | 'status'>;

/** The array that has what a copy was made of. What is in the pod all its arrays have: the primary stands for them. */
export function whereItIs(
  { providerId, replicationDriverData }: Pick<VolumeRecord, 'providerId' | 'replicationDriverData'>,
  left: string,
): string {
  return providerId?.includes('::') === true ? primaryArray : (replicationDriverData ?? left);
}

/** Copies have no snapshots: those of a volume that was copied are where it was, and those of its copy where that was. */
export async function leaveSnapshots(
  records: Records,
  volume: VolumeRecord,
  outcome: FailedOverVolume & { readonly kind: 'restored' | 'outdated' },
  { left, current }: { readonly left: string; readonly current: string },
): Promise<void> {
  const there =
    outcome.kind === 'restored' ? whereItIs(volume, left) : (volume.replicationDriverData ?? left);
  if (there !== current) {
    const snapshots = await records.snapshots.ofVolume(volume.id);
    // One that is being taken is taken on the array that comes.
    await loseAll(
      records,
      snapshots.filter(({ status }) => status !== 'creating'),
      there,
    );
  }
}

/** They cannot be used. @param there the array that they are on: `backend_id`, or `default`; null: on none */
export async function loseSnapshots(
  records: Records,
  volume: Pick<VolumeRecord, 'id'>,
  there: string | null,
): Promise<void> {
  await loseAll(records, await records.snapshots.ofVolume(volume.id), there);
}

async function loseAll(
  records: Records,
  snapshots: readonly SnapshotRecord[],
  there: string | null,
): Promise<void> {
  for (const { id, status, groupSnapshotId } of snapshots) {
    if (there !== null && (await records.snapshots.leftBehind(id)) === null) {
      await records.snapshots.setLeftBehind(id, { backendId: there, previousStatus: status });
    }
    await records.snapshots.update(id, { status: 'error' });
    // Its group snapshot would be gone for the other array, or be made of nothing.
    if (groupSnapshotId !== null) {
      await records.groupSnapshots.updateWhere(
        groupSnapshotId,
        { status: ['creating', 'deleting'] },
        { status: 'error' },
      );
    }
  }
}

/** Those of them that are on the array that is current now. */
export function comingBack(
  snapshots: readonly LeftSnapshot[],
  { volumes, activeBackendId: current }: FailoverResult,
): readonly LeftSnapshot[] {
  const byId = new Map(volumes.map((outcome) => [outcome.id, outcome.kind]));
  return snapshots.filter(({ volumeId, backendId }) => {
    // An older self on the other array of the pod has the snapshots of the pod.
    const isOlderSelf = byId.get(volumeId) === 'outdated';
    return backendId === current || (isOlderSelf && backendId === primaryArray);
  });
}

/** They are what they were. */
export async function bringBack(records: Records, snapshots: readonly LeftSnapshot[]): Promise<void> {
  for (const snapshot of snapshots) {
    await records.snapshots.setLeftBehind(snapshot.id, null);
    await records.snapshots.updateWhere(
      snapshot.id,
      { status: ['error'] },
      { status: removalOf(snapshot)?.status ?? (isUsable(snapshot) ? 'available' : 'error') },
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

/** Also one that something was to be made of. */
function isUsable({ previousStatus }: LeftSnapshot): boolean {
  return previousStatus === 'available' || previousStatus === 'restoring';
}
