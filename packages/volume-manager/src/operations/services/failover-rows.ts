import type { FailedOverVolume } from '@cinder-flasharray/driver';
import type { GroupRecord, Records, VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from '../../rows/backend-host.ts';
import { statusBeforeLoss } from '../../rows/broken-off-move.ts';
import { primaryArray } from '../../rows/current-array.ts';
import { driverGroup, readOnce } from '../../rows/driver-views.ts';
import { isOnOneArray } from '../../rows/protection-group.ts';
import { deferClearing } from '../originals/clear-group-copy.ts';
import { leaveSnapshots, loseSnapshots, whereItIs } from './failover-snapshots.ts';

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
  turn: Turn,
): Promise<readonly VolumeRecord[]> {
  const isBack = turn.current === primaryArray;
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const lost: VolumeRecord[] = [];
  for (const volume of volumes) {
    const outcome = byId.get(volume.id);
    const loss = lossOf(volume, outcome, turn);
    if (loss === null) {
      await records.volumes.update(volume.id, {
        replicationStatus: isBack ? 'enabled' : 'failed-over',
        replicationDriverData: null,
      });
    } else {
      await loseVolume(records, volume, loss);
      lost.push(volume);
    }
    if (outcome?.kind === 'restored' || outcome?.kind === 'outdated') {
      await recordOriginal(records, volume, outcome, turn);
      await leaveSnapshots(records, volume, outcome, turn);
    } else if (loss !== null) {
      await loseSnapshots(records, volume, loss.there);
    }
  }
  return lost;
}

/** What it is a copy of now, which it was not before; a copy of a copy has the same original. */
async function recordOriginal(
  records: Records,
  volume: VolumeRecord,
  { kind }: Extract<FailedOverVolume, { readonly kind: 'restored' | 'outdated' }>,
  { left }: Turn,
): Promise<void> {
  const { id, providerId: name, volumeTypeId } = volume;
  if (kind === 'outdated') {
    await records.volumes.setOriginal(id, null);
  } else if (name !== null && (await records.volumes.originalOf(id)) === null) {
    const backendId = whereItIs(volume, left);
    await records.volumes.setOriginal(id, { backendId, name, volumeTypeId });
  }
}

export interface Loss {
  readonly replicationStatus: 'failover-error' | 'not-capable';
  /** The array that it is on; null: something of it is here. */
  readonly there: string | null;
}

/** What is lost of a volume; null: nothing. */
function lossOf(
  { status, replicationDriverData: lostBefore }: VolumeRecord,
  outcome: FailedOverVolume | undefined,
  { left, current }: Turn,
): Loss | null {
  switch (outcome?.kind) {
    case undefined:
    case 'failed-over':
    case 'restored':
      return null;
    case 'outdated':
      return { replicationStatus: 'failover-error', there: null };
    case 'destroyed':
      // What goes is gone, or has the name of what was let go.
      return status === 'deleting' || status === 'unmanaging'
        ? null
        : {
            replicationStatus: 'failover-error',
            there: current === primaryArray ? null : (lostBefore ?? left),
          };
    case 'error':
      // One that was lost before is where it was lost.
      return { replicationStatus: 'failover-error', there: lostBefore ?? left };
    case 'left-behind':
      return lostBefore === null ? { replicationStatus: 'not-capable', there: left } : null;
  }
}

/** A group is what its volumes are: one that is lost makes a group of the rest only. */
export async function recordGroups(
  records: Records,
  volumes: readonly VolumeRecord[],
  lost: readonly VolumeRecord[],
  turn: Turn,
): Promise<void> {
  await leaveGroups(records, volumes, turn);
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

/** A volume that is not on the array that is worked on cannot be used: the record says so, with its snapshots. */
export async function loseWithSnapshots(records: Records, volume: VolumeRecord, loss: Loss): Promise<void> {
  await loseVolume(records, volume, loss);
  await loseSnapshots(records, volume, loss.there);
}

async function loseVolume(
  records: Records,
  volume: VolumeRecord,
  { replicationStatus, there }: Loss,
): Promise<void> {
  await records.volumes.update(volume.id, {
    status: 'error',
    previousStatus: statusBeforeLoss(volume),
    replicationStatus,
    replicationDriverData: there,
  });
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

/** Protection groups stay where they are, and without volumes nothing of a group goes over. */
async function leaveGroups(
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
    if (!isHere || !isOnOneArray(await driverGroup(lookups, group))) {
      continue;
    }
    // One that is being made is made on the array that comes; any other would be gone for that.
    if (group.status === 'creating') {
      await deferClearing(records, group, left);
    } else if (!used.has(group.id)) {
      await leaveEmptyGroup(records, group, { left, current });
    }
  }
}

async function leaveEmptyGroup(
  records: Records,
  group: GroupRecord,
  { left, current }: Pick<Turn, 'left' | 'current'>,
): Promise<void> {
  const there = (await records.groups.protectionGroupOn(group.id)) ?? whereItWas(group, left);
  if (there !== current) {
    await records.groups.recordProtectionGroup(group.id, there);
    await loseGroup(records, group.id, 'not-capable');
  }
}

/** What was lost before is on the primary, where rows of earlier releases do not say so. */
export function whereItWas(
  { replicationStatus }: { readonly replicationStatus: string | null },
  left: string,
): string {
  return replicationStatus === 'not-capable' ? primaryArray : left;
}
