import type { DriverSnapshot } from '@cinder-flasharray/driver';
import type { Records, SnapshotRecord, SnapshotStatus, VolumeRecord } from '@cinder-flasharray/store';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverSnapshot } from '../../rows/driver-views.ts';
import type { Claim } from '../../run/definition.ts';
import { exclusive, type Resource, shared } from '../../run/resource.ts';

interface OfSnapshot {
  readonly snapshotId: string;
}

export interface LoadedSnapshot {
  readonly snapshot: SnapshotRecord;
  readonly volume: VolumeRecord;
  readonly given: DriverSnapshot;
}

/** What all work on one snapshot has in common. @param status what says that it is this work's */
export function onSnapshot(status: SnapshotStatus) {
  return {
    resourceId: ({ snapshotId }: OfSnapshot): string => snapshotId,
    claim: ({ snapshotId }: OfSnapshot): Claim => ({ kind: 'snapshot', id: snapshotId, status }),
    touches: touchSnapshot,
    host: snapshotHost,
    load: loadSnapshot,
  };
}

/** Null: it, or its volume, is gone. */
export async function loadSnapshot(
  records: Records,
  { snapshotId }: OfSnapshot,
): Promise<LoadedSnapshot | null> {
  const snapshot = await records.snapshots.get(snapshotId);
  const volume = snapshot === null ? null : await records.volumes.get(snapshot.volumeId);
  return snapshot === null || volume === null
    ? null
    : { snapshot, volume, given: await driverSnapshot(records, snapshot, volume) };
}

/** A snapshot's name is its volume's: whatever renames the volume comes before or after. */
async function touchSnapshot(records: Records, { snapshotId }: OfSnapshot): Promise<readonly Resource[]> {
  const snapshot = await records.snapshots.summary(snapshotId);
  return [
    exclusive('snapshot', snapshotId),
    ...(snapshot === null ? [] : [shared('volume', snapshot.volumeId)]),
  ];
}

/** Where the snapshot's volume is. */
async function snapshotHost(records: Records, { snapshotId }: OfSnapshot): Promise<string | null> {
  const snapshot = await records.snapshots.summary(snapshotId);
  return snapshot === null ? null : await volumeHost(records, snapshot.volumeId);
}
