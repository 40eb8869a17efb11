import type { BrokenOffMove, DriverVolumeType } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { driverTypeOf } from './driver-views.ts';

/** Statuses of work that makes containers for volumes. */
const moving: readonly (string | null)[] = ['creating', 'retyping', 'managing'];

/** Such work has the volume, or had it when its status was taken away. */
export function wasMoving({ status, previousStatus }: VolumeRecord): boolean {
  return moving.includes(status) || moving.includes(previousStatus);
}

/** What a row is to say was before, when other work takes the volume: that a move is not settled yet is kept. */
export function statusBefore({ status, previousStatus }: VolumeRecord): VolumeRecord['previousStatus'] {
  return moving.includes(previousStatus) ? previousStatus : status;
}

/** Its status says nothing, where the one before says of a move that nobody has settled yet. */
export function isUnsettled({ status, previousStatus }: VolumeRecord): boolean {
  return (
    status === 'error' || ((status === 'available' || status === 'in-use') && moving.includes(previousStatus))
  );
}

/** What may have moved the volume half way; null: nothing, so that it is where its record says. */
export async function brokenOffMove(records: Records, volume: VolumeRecord): Promise<BrokenOffMove | null> {
  return wasMoving(volume) ? { otherTypes: await typesWithVolumeGroups(records), reference: null } : null;
}

/** Types that give their volumes a volume group. */
export async function typesWithVolumeGroups(records: Records): Promise<readonly DriverVolumeType[]> {
  const types = await records.volumeTypes.list(null);
  const grouped = types.filter(({ extraSpecs }) => 'flasharray:vg_name' in extraSpecs);
  return await Promise.all(grouped.map((type) => driverTypeOf(records, type)));
}
