import type { FailedOverVolume } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from '../../rows/backend-host.ts';
import { statusBeforeLoss } from '../../rows/broken-off-move.ts';
import { primaryArray } from '../../rows/current-array.ts';
import { driverGroup, readOnce } from '../../rows/driver-views.ts';
import { isOnOneArray } from '../../rows/protection-group.ts';

/** Volumes whose type has no replication are lost to a failover. A status that was never told counts as replicated. */
const notReplicated = new Set(['disabled', 'not-capable']);

/** From one array of a back end to another: each a `backend_id`, or `default`. */
export interface Turn {
  /** `node1@puredriver-1`. */
  readonly host: string;
  readonly left: string;
  readonly current: string;
}

export function isReplicated({ replicationStatus }: Pick<VolumeRecord, 'replicationStatus'>): boolean {
  return !notReplicated.has(replicationStatus ?? '');
}

/** What became of each volume that was to go over. @returns those that are lost */
export async function recordVolumes(
  records: Records,
  volumes: readonly VolumeRecord[],
  outcomes: readonly FailedOverVolume[],
  { left, current }: Turn,
): Promise<readonly VolumeRecord[]> {
  const isBack = current === primaryArray;
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const lost: VolumeRecord[] = [];
  for (const volume of volumes) {
    const loss = lossOf(volume, byId.get(volume.id));
    if (loss === 'failover-error') {
      // After the way back an older state of it is on the primary. One that was lost before is where it was lost.
      await loseVolumes(records, [volume], loss, isBack ? null : (volume.replicationDriverData ?? left));
    } else if (loss === 'not-capable') {
      await loseVolumes(records, [volume], loss, left);
    } else {
      await records.volumes.update(volume.id, {
        replicationStatus: isBack ? 'enabled' : 'failed-over',
        replicationDriverData: null,
      });
    }
    if (loss !== null) {
      lost.push(volume);
    }
  }
  return lost;
}

/** What is lost of a volume, in the words of its replication status; null: nothing. */
function lossOf(
  { status, replicationDriverData }: VolumeRecord,
  outcome: FailedOverVolume | undefined,
): 'failover-error' | 'not-capable' | null {
  switch (outcome?.kind) {
    case undefined:
    case 'failed-over':
      return null;
    case 'error':
      return 'failover-error';
    case 'destroyed':
      // What goes is gone, or has the name of what was let go.
      return status === 'deleting' || status === 'unmanaging' ? null : 'failover-error';
    case 'left-behind':
      // One that was lost before is where it was lost.
      return replicationDriverData === null ? 'not-capable' : null;
  }
}

/** A group is what its volumes are: one that is lost makes a group of the rest only. */
export async function recordGroups(
  records: Records,
  volumes: readonly VolumeRecord[],
  lost: readonly VolumeRecord[],
  turn: Turn,
): Promise<void> {
  await loseEmptyGroups(records, volumes, turn);
  for (const id of new Set(volumes.flatMap(({ groupId }) => groupId ?? []))) {
    const members = volumes.filter(({ groupId }) => groupId === id);
    const hasReplicated = members.some(isReplicated);
    if (members.some((member) => lost.includes(member))) {
      await loseGroup(records, id, hasReplicated ? 'error' : 'not-capable');
    } else if (hasReplicated) {
      await records.groups.update(id, {
        replicationStatus: turn.current === primaryArray ? 'enabled' : 'failed-over',
      });
    }
  }
}

/**
 * What is not on the array that is worked on cannot be used: the record says so, with its snapshots.
 * @param there the array that it is on: `backend_id`, or `default`; null: there is something of it here
 */
export async function loseVolumes(
  records: Records,
  volumes: readonly VolumeRecord[],
  replicationStatus: string,
  there: string | null,
): Promise<void> {
  for (const volume of volumes) {
    await records.volumes.update(volume.id, {
      status: 'error',
      previousStatus: statusBeforeLoss(volume),
      replicationStatus,
      replicationDriverData: there,
    });
    for (const snapshot of await records.snapshots.ofVolume(volume.id)) {
      await records.snapshots.update(snapshot.id, { status: 'error' });
      // Its group snapshot would be gone for the other array, or be made of nothing.
      if (snapshot.groupSnapshotId !== null) {
        await records.groupSnapshots.updateWhere(
          snapshot.groupSnapshotId,
          { status: ['creating', 'deleting'] },
          { status: 'error' },
        );
      }
    }
  }
}

async function loseGroup(records: Records, id: string, replicationStatus: string): Promise<void> {
  await records.groups.update(id, { status: 'error', replicationStatus });
  // A delete of the group that it breaks off deletes no member either, also none that is on no array at all.
  for (const { id: member, host, status } of await records.volumes.ofGroup(id)) {
    if (host === null && status === 'deleting') {
      await records.volumes.update(member, { status: 'error', previousStatus: status });
    }
  }
}

/** Without volumes nothing of a group goes over. */
async function loseEmptyGroups(
  records: Records,
  volumes: readonly VolumeRecord[],
  { host, left, current }: Turn,
): Promise<void> {
  const lookups = readOnce(records);
  const used = new Set(volumes.map(({ groupId }) => groupId));
  const page = { sort: [], limit: 10_000, offset: 0, marker: null, counted: false } as const;
  const listed = await records.groups.list({ projectId: null }, page);
  for (const group of listed.kind === 'page' ? listed.rows : []) {
    const isHere = group.host !== null && backendHostOf(group.host) === host;
    // One that is being made is made on the array that comes; any other would be gone for that.
    const isComing = group.status === 'creating';
    if (!isHere || used.has(group.id) || isComing || !isOnOneArray(await driverGroup(lookups, group))) {
      continue;
    }
    const there = (await records.groups.protectionGroupOn(group.id)) ?? whereItWas(group, left);
    if (there !== current) {
      await records.groups.recordProtectionGroup(group.id, there);
      await loseGroup(records, group.id, 'not-capable');
    }
  }
}

/** What was lost before is on the primary, where rows of earlier releases do not say so. */
export function whereItWas(
  { replicationStatus }: { readonly replicationStatus: string | null },
  left: string,
): string {
  return replicationStatus === 'not-capable' ? primaryArray : left;
}
