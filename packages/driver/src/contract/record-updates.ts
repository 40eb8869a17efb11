import { type Bytes, bytesToGibibytes } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { ReplicationKind } from '../config/replication-config.ts';
import type { DriverSnapshot, DriverVolume, SnapshotUpdate, VolumeUpdate } from './records.ts';

/** What the record of a volume is told. @param name full name on the array */
export function volumeUpdate(
  array: FlashArray,
  volume: Pick<DriverVolume, 'metadata'>,
  name: string,
  replication: ReplicationKind | null,
): VolumeUpdate {
  return {
    providerId: name,
    replicationStatus: replication === null ? 'disabled' : 'enabled',
    metadata: { ...volume.metadata, array_volume_name: name, array_name: array.identity.name },
  };
}

/**
 * What the record of a snapshot is told.
 * @param name full name on the array
 * @param size that it has there; null: that is not known
 */
export function snapshotUpdate(
  array: FlashArray,
  { metadata }: Pick<DriverSnapshot, 'metadata'>,
  name: string,
  size: Bytes | null = null,
): SnapshotUpdate {
  return {
    providerId: name,
    size: size === null ? null : bytesToGibibytes(size),
    metadata: { ...metadata, array_snapshot_name: name, array_name: array.identity.name },
  };
}
