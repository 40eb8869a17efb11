import type { GroupRecord, Records, VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from '../../rows/backend-host.ts';
import { statusBeforeLoss, wasMoving } from '../../rows/broken-off-move.ts';
import { eachOfThePod, nowhere, primaryArray, thePod } from '../../rows/current-array.ts';
import { driverGroup, readOnce } from '../../rows/driver-views.ts';
import { containerOf } from '../../rows/protection-group.ts';
import { isInPod } from '../../rows/volume-names.ts';
import { deferClearing } from '../originals/clear-group-copy.ts';
import { deferProtectionGroup } from '../originals/remove-protection-group.ts';
import { isOnCurrent } from '../originals/when-current.ts';
import { leaveSnapshots, loseSnapshots, snapshotsByVolume } from './failover-snapshots.ts';
import { type Fate, isGoing, isReplicated, type Switchover, whereOriginalIs } from './switchover.ts';

/** What became of each volume, and of its snapshots. @returns those that cannot be used */
export async function recordVolumes(
  records: Records,
  volumes: readonly VolumeRecord[],
  fates: ReadonlyMap<string, Fate>,
  switchover: Switchover,
): Promise<readonly VolumeRecord[]> {
  const snapshotsOf = await snapshotsByVolume(records, switchover);
  const originals = await records.volumes.withOriginals(switchover.host);
  const lost: VolumeRecord[] = [];
  for (const volume of volumes) {
    const fate = fates.get(volume.id) ?? { kind: 'here' };
    const snapshots = snapshotsOf.get(volume.id) ?? [];
    if (await recordVolume(records, volume, fate, switchover)) {
      lost.push(volume);
    }
    const hasOriginal = originals.has(volume.id);
    switch (fate.kind) {
      case 'here':
      case 'failed-over':
        break;
      case 'restored':
        if (hasOriginal) {
          await leaveCopy(records, volume, switchover);
        } else {
          await recordOriginal(records, volume, switchover);
        }
        await takeCopy(records, volume, switchover);
        await leaveSnapshots(
          records,
          snapshots,
          hasOriginal ? whereCopyIs(volume, switchover) : whereOriginalIs(volume, switchover.left),
          switchover,
        );
        break;
      case 'outdated':
        await leaveCopy(records, volume, switchover);
        if (hasOriginal) {
          await records.volumes.setOriginal(volume.id, null);
          await leaveSnapshots(records, snapshots, whereCopyIs(volume, switchover), switchover);
        } else {
          // An earlier release went over: it did not say which of them are copies', and which are here.
          await loseSnapshots(records, snapshots, null);
        }
        break;
      case 'lost':
        await loseSnapshots(
          records,
          snapshots,
          hasOriginal ? whereCopyIs(volume, switchover) : placeOfSnapshots(volume, fate),
        );
    }
  }
  return lost;
}

/** Where the copy is that its back end has worked on: a failover after that may have lost it. */
function whereCopyIs({ replicationDriverData }: VolumeRecord, { left }: Switchover): string {
  return replicationDriverData ?? left;
}

/** It stays on its array. */
async function leaveCopy(records: Records, volume: VolumeRecord, switchover: Switchover): Promise<void> {
  const { id, providerId: name } = volume;
  const backendId = whereCopyIs(volume, switchover);
  // One that was never copied was lost on the primary.
  if (name !== null && backendId !== primaryArray) {
    await records.volumes.addCopy(id, { backendId, name });
  }
}

/** What is worked on now has taken the place of an earlier copy of its name. */
async function takeCopy(
  records: Records,
  { id, providerId: name }: VolumeRecord,
  { current: backendId }: Switchover,
): Promise<void> {
  if (name !== null) {
    await records.volumes.removeCopy(id, { backendId, name });
  }
}

/** @returns whether it cannot be used */
async function recordVolume(
  records: Records,
  volume: VolumeRecord,
  fate: Fate,
  { current }: Switchover,
): Promise<boolean> {
  const isBack = current === primaryArray;
  const here = isBack ? null : current;
  switch (fate.kind) {
    case 'here':
      await records.volumes.update(volume.id, { replicationDriverData: here });
      return false;
    case 'failed-over':
    case 'restored':
      await records.volumes.update(volume.id, {
        replicationStatus: isBack ? 'enabled' : 'failed-over',
        replicationDriverData: null,
      });
      return false;
    case 'outdated':
      if (isGoing(volume.status)) {
        await records.volumes.update(volume.id, {
          replicationStatus: isBack ? 'enabled' : 'failed-over',
          replicationDriverData: null,
        });
        return false;
      }
      await loseVolume(records, volume, 'failover-error', here);
      return true;
    case 'lost':
      await loseVolume(records, volume, fate.replicationStatus, fate.there);
      return true;
  }
}

const notTakenOver: readonly string[] = ['managing', 'error_managing', 'error_managing_deleting'];

/** @param there the array that it, or its older self, is on; null: the primary is current, or it is on none */
async function loseVolume(
  records: Records,
  volume: VolumeRecord,
  replicationStatus: string,
  there: string | null,
): Promise<void> {
  await records.volumes.update(volume.id, {
    // What could not be taken over is let go, and not deleted, also after this.
    status: notTakenOver.includes(volume.status) ? 'error_managing' : 'error',
    previousStatus: statusBeforeLoss(volume),
    replicationStatus,
    replicationDriverData: there,
  });
}

async function recordOriginal(records: Records, volume: VolumeRecord, { left }: Switchover): Promise<void> {
  const { id, providerId: name, volumeTypeId } = volume;
  if (name !== null) {
    await records.volumes.setOriginal(id, { backendId: whereItGoes(volume, left), name, volumeTypeId });
  }
}

/** Where the original goes with its volume: what is in the pod, on whichever of its arrays is current first. */
function whereItGoes(volume: VolumeRecord, left: string): string {
  if (!isInPod(volume)) {
    return whereOriginalIs(volume, left);
  }
  // A move that was broken off may have taken it out of the pod, on the one array that it began on.
  return wasMoving(volume) ? eachOfThePod : thePod;
}

/** Those of a replicated volume of the pod are on all its arrays, wherever it was lost. */
function placeOfSnapshots(
  volume: VolumeRecord,
  { replicationStatus, there }: Extract<Fate, { readonly kind: 'lost' }>,
): string | null {
  return there === null || replicationStatus === 'not-capable' ? there : whereOriginalIs(volume, there);
}

/** A group is what its volumes are: one that is lost makes a group of the rest only. */
export async function recordGroups(
  records: Records,
  volumes: readonly VolumeRecord[],
  lost: readonly VolumeRecord[],
  switchover: Switchover,
): Promise<void> {
  await leaveGroups(records, volumes, switchover);
  for (const id of new Set(volumes.flatMap(({ groupId }) => groupId ?? []))) {
    const members = volumes.filter(({ groupId }) => groupId === id);
    const hasReplicated = members.some(isReplicated);
    if (members.some((member) => lost.includes(member))) {
      await loseGroup(records, id, hasReplicated ? 'error' : 'not-capable');
    } else if (hasReplicated) {
      await records.groups.update(id, {
        replicationStatus: switchover.current === primaryArray ? 'enabled' : 'failed-over',
      });
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

/** Protection groups stay where they are, and without volumes nothing of a group goes over. */
async function leaveGroups(
  records: Records,
  volumes: readonly VolumeRecord[],
  { host, left, current, servesPod }: Switchover,
): Promise<void> {
  const lookups = readOnce(records);
  const used = new Set(volumes.map(({ groupId }) => groupId));
  const page = { sort: [], limit: 10_000, offset: 0, marker: null, counted: false } as const;
  const listed = await records.groups.list({ projectId: null }, page);
  for (const group of listed.kind === 'page' ? listed.rows : []) {
    if (group.host === null || backendHostOf(group.host) !== host) {
      continue;
    }
    const container = containerOf(await driverGroup(lookups, group));
    if (container === 'none') {
      continue;
    }
    // One that is being made is made on the array that comes; any other would be gone for that.
    const recorded = await records.groups.protectionGroupOn(group.id);
    if (group.status === 'creating' && recorded === null) {
      const began = container === 'pod' && servesPod.left ? thePod : left;
      if (!isOnCurrent(began, { current, servesPod: servesPod.current })) {
        await deferClearing(records, group, began);
        await deferProtectionGroup(records, group, began);
      }
      continue;
    }
    if (recorded === nowhere) {
      continue;
    }
    const inPod = servesPod.current ? current : thePod;
    const there = container === 'pod' ? inPod : (recorded ?? whereGroupWas(group, left));
    await records.groups.recordProtectionGroup(group.id, there);
    if (!used.has(group.id) && there !== current) {
      await loseGroup(records, group.id, 'not-capable');
    }
  }
}

/** Rows of earlier releases do not say: what is not on the array that is left was made on the primary. */
function whereGroupWas({ replicationStatus }: GroupRecord, left: string): string {
  const isElsewhere = replicationStatus === 'not-capable' || replicationStatus === 'failed-over';
  return isElsewhere ? primaryArray : left;
}
