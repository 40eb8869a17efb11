import type { BrokenOffMove, DriverVolumeType } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { driverTypeOf } from './driver-views.ts';

/** Statuses of work that makes containers for volumes. */
const moving: readonly (string | null)[] = ['creating', 'retyping', 'managing'];

/** Whether what a row says was before is such work, which nobody has settled yet. */
export function isMoveMark(previousStatus: VolumeRecord['previousStatus']): boolean {
  return moving.includes(previousStatus);
}

function isRemoval(status: VolumeRecord['previousStatus']): boolean {
  return status === 'deleting' || status === 'unmanaging';
}

/** Such work has the volume, or had it when its status was taken away. */
export function wasMoving({ status, previousStatus }: VolumeRecord): boolean {
  return moving.includes(status) || isMoveMark(previousStatus);
}

/** What a row is to say was before, when other work takes the volume: that a move is not settled yet is kept. */
export function statusBefore({ status, previousStatus }: VolumeRecord): VolumeRecord['previousStatus'] {
  return isMoveMark(previousStatus) ? previousStatus : status;
}

/**
 * The same, when a failover takes its status away: what went on has to be taken up when the array is current again. A
 * removal takes a volume from wherever a move has left it.
 */
export function statusBeforeLoss({ status, previousStatus }: VolumeRecord): VolumeRecord['previousStatus'] {
  const isGoingOn = moving.includes(status) || isRemoval(status);
  return !isGoingOn && (status === 'error' || isMoveMark(previousStatus)) ? previousStatus : status;
}

/** What a row is to say was before, after a removal that failed: that it may have followed a move is kept. */
export function statusBeforeRemoval({ previousStatus }: VolumeRecord): VolumeRecord['previousStatus'] {
  return isRemoval(previousStatus) ? 'retyping' : previousStatus;
}

/**
 * What may have moved the volume half way; null: nothing, so that it is where its record says. A removal that a failover
 * has broken off may have followed a move.
 */
export async function brokenOffMove(records: Records, volume: VolumeRecord): Promise<BrokenOffMove | null> {
  return wasMoving(volume) || isRemoval(volume.previousStatus) ? await anyMove(records) : null;
}

/** A move between any types. */
export async function anyMove(records: Records): Promise<BrokenOffMove> {
  return { otherTypes: await typesWithVolumeGroups(records), reference: null };
}

/** Types that give their volumes a volume group. */
export async function typesWithVolumeGroups(records: Records): Promise<readonly DriverVolumeType[]> {
  const types = await records.volumeTypes.list(null);
  const grouped = types.filter(({ extraSpecs }) => 'flasharray:vg_name' in extraSpecs);
  return await Promise.all(grouped.map((type) => driverTypeOf(records, type)));
}
