import { gibibytes } from '@cinder-flasharray/common';
import type { DriverSnapshot, DriverVolume } from '@cinder-flasharray/driver';
import type { SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';

/** A row as the driver wants it. */
export function driverVolume(record: VolumeRecord): DriverVolume {
  return {
    id: record.id,
    nameId: record.nameId ?? record.id,
    size: gibibytes(record.size),
    providerId: record.providerId,
    metadata: record.metadata,
    projectId: record.projectId,
    bootable: record.bootable,
  };
}

export function driverSnapshot(record: SnapshotRecord, volume: VolumeRecord): DriverSnapshot {
  return {
    id: record.id,
    providerId: record.providerId,
    volumeSize: gibibytes(record.volumeSize),
    metadata: record.metadata,
    volume: driverVolume(volume),
  };
}

/** `host@backend` of a `host@backend#pool`. */
export function backendHostOf(host: string): string {
  const [backend = host] = host.split('#');
  return backend;
}
