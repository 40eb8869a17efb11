import type { Records, SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';

/** Volumes count against `volumes` and, with their size, against `gigabytes`. */
export async function giveBackVolumeQuota(records: Records, volume: VolumeRecord): Promise<void> {
  if (!volume.useQuota) {
    return;
  }
  const type = await records.volumeTypes.get(volume.volumeTypeId);
  await giveBack(records, volume.projectId, {
    volumes: -1,
    gigabytes: -volume.size,
    ...(type === null ? {} : { [`volumes_${type.name}`]: -1, [`gigabytes_${type.name}`]: -volume.size }),
  });
}

/** A snapshot counts against `snapshots` and, with its volume's size, against `gigabytes`. */
export async function giveBackSnapshotQuota(records: Records, snapshot: SnapshotRecord): Promise<void> {
  if (!snapshot.useQuota) {
    return;
  }
  const type = await records.volumeTypes.get(snapshot.volumeTypeId);
  await giveBack(records, snapshot.projectId, {
    snapshots: -1,
    gigabytes: -snapshot.volumeSize,
    ...(type === null
      ? {}
      : { [`snapshots_${type.name}`]: -1, [`gigabytes_${type.name}`]: -snapshot.volumeSize }),
  });
}

export async function giveBack(
  records: Records,
  projectId: string,
  deltas: Readonly<Record<string, number>>,
): Promise<void> {
  const outcome = await records.quotas.reserve(projectId, deltas);
  if (outcome.kind === 'reserved') {
    await records.quotas.commit(outcome.reservation);
  }
}
