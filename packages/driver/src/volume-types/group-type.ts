import type { DriverGroup } from '../contract/records.ts';
import { saysTrue } from './boolean-spec.ts';

/** Whether the group's volumes are snapshotted together: then it is a protection group of the array. */
export function isConsistent({ typeSpecs }: Pick<DriverGroup, 'typeSpecs'>): boolean {
  return saysTrue(typeSpecs.consistent_group_snapshot_enabled);
}
