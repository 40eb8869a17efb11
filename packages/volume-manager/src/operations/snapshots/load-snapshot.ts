import type { Records, SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import { exclusive, type Resource, shared } from '../../run/resource.ts';

/** The row and its volume's; null: one of them is gone. */
export async function loadSnapshot(
  records: Records,
  snapshotId: string,
): Promise<{ readonly snapshot: SnapshotRecord; readonly volume: VolumeRecord } | null> {
  const snapshot = await records.snapshots.get(snapshotId);
  const volume = snapshot === null ? null : await records.volumes.get(snapshot.volumeId);
  return snapshot === null || volume === null ? null : { snapshot, volume };
}

/** A snapshot's name is its volume's: whatever renames the volume comes before or after. */
export async function touchSnapshot(records: Records, snapshotId: string): Promise<readonly Resource[]> {
  const snapshot = await records.snapshots.get(snapshotId);
  return [
    exclusive('snapshot', snapshotId),
    ...(snapshot === null ? [] : [shared('volume', snapshot.volumeId)]),
  ];
}

/** Where the snapshot's volume is. */
export async function snapshotHost(records: Records, snapshotId: string): Promise<string | null> {
  return (await loadSnapshot(records, snapshotId))?.volume.host ?? null;
}
