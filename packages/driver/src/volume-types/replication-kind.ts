import type { ReplicationKind } from '../config/replication-config.ts';
import { DriverError } from '../contract/driver-error.ts';
import type { DriverVolumeType } from '../contract/records.ts';
import { saysTrue } from './boolean-spec.ts';

/** Volumes of the kind live in the pod. */
export function isInPod(kind: ReplicationKind | null): boolean {
  return kind === 'sync' || kind === 'trisync';
}

const kinds: Readonly<Record<string, ReplicationKind>> = {
  '<in> async': 'async',
  '<in> sync': 'sync',
  '<in> trisync': 'trisync',
};

/**
 * What a volume type says about replication; null: its volumes are not replicated. Without `replication_type` it is
 * asynchronous.
 * @throws DriverError `invalid-volume-type` for a `replication_type` that nobody knows
 */
export function replicationOf(
  type: Pick<DriverVolumeType, 'name' | 'extraSpecs'> | null,
): ReplicationKind | null {
  if (type === null || !saysTrue(type.extraSpecs.replication_enabled)) {
    return null;
  }
  const asked = type.extraSpecs.replication_type;
  if (asked === undefined) {
    return 'async';
  }
  const kind = kinds[asked.trim().replaceAll(/\s+/g, ' ')];
  if (kind === undefined) {
    throw new DriverError(
      'invalid-volume-type',
      `replication_type of volume type ${type.name} is "${asked}": it must be one of ${Object.keys(kinds).join(', ')}.`,
      { nothingMade: true },
    );
  }
  return kind;
}
