import type { GroupRecord, Records, SnapshotRecord, VolumeSummary } from '@cinder-flasharray/store';
import {
  type BackendReport,
  type Backends,
  backendHostOf,
  currentArrayOf,
  groupLeftBehindOn,
  isInPod,
  leftBehindOn,
  primaryArray,
  thePod,
} from '@cinder-flasharray/volume-manager';
import { invalidGroup, invalidSnapshot, invalidVolume } from '../request/refusals.ts';

/**
 * A volume that a failover, or the way back, has left on another array can only be removed when that array is current
 * again: the one that is current would say that it is gone. An array that the configuration does not have any more is
 * not coming back: nothing keeps what was on it.
 * @throws BlockStorageError `invalid-volume`
 */
export async function requireRemovableVolume(
  records: Records,
  backends: Backends,
  volume: VolumeSummary,
): Promise<void> {
  const { id, host } = volume;
  const there = await leftBehindOn(records, volume);
  if (!isConfigured(backends, host, there)) {
    const row = await records.volumes.get(id);
    // What is in the pod is on the other arrays of that as well.
    if (row === null || !isInPod(row) || reportOf(backends, host)?.servesPod !== false) {
      return;
    }
  }
  refuseElsewhere(host, there, (why) => invalidVolume(`Volume ${id} ${why}`));
}

/**
 * The same for a snapshot: copies of volumes have none of their snapshots.
 * @throws BlockStorageError `invalid-snapshot` | `invalid-volume`
 */
export async function requireRemovableSnapshot(
  records: Records,
  backends: Backends,
  { id, volumeId }: Pick<SnapshotRecord, 'id' | 'volumeId'>,
): Promise<void> {
  const volume = await records.volumes.summary(volumeId);
  if (volume === null) {
    return;
  }
  await requireRemovableVolume(records, backends, volume);
  const there = await snapshotLeftBehindOn(records, id, volume.host);
  if (isConfigured(backends, volume.host, there)) {
    refuseElsewhere(volume.host, there, (why) => invalidSnapshot(`Snapshot ${id} ${why}`));
  }
}

/** The same for a group without volumes. @throws BlockStorageError `invalid-group` */
export async function requireRemovableGroup(
  records: Records,
  backends: Backends,
  group: GroupRecord,
): Promise<void> {
  if (isConfigured(backends, group.host, await groupLeftBehindOn(records, group))) {
    await requireGroupOnCurrentArray(records, group);
  }
}

/** What is made of a snapshot is made where it is. @throws BlockStorageError `invalid-snapshot` | `invalid-volume` */
export async function requireSnapshotOnCurrentArray(
  records: Records,
  { id, volumeId }: Pick<SnapshotRecord, 'id' | 'volumeId'>,
): Promise<void> {
  const volume = await records.volumes.summary(volumeId);
  if (volume === null) {
    return;
  }
  const { host } = volume;
  refuseElsewhere(host, await leftBehindOn(records, volume), (why) =>
    invalidVolume(`Volume ${volume.id} ${why}`),
  );
  refuseElsewhere(host, await snapshotLeftBehindOn(records, id, host), (why) =>
    invalidSnapshot(`Snapshot ${id} ${why}`),
  );
}

/**
 * The same of the protection group of a group: nothing is taken of it, and nobody joins or leaves, where it is not.
 * @throws BlockStorageError `invalid-group`
 */
export async function requireGroupOnCurrentArray(records: Records, group: GroupRecord): Promise<void> {
  refuseElsewhere(group.host, await groupLeftBehindOn(records, group), (why) =>
    invalidGroup(`Group ${group.id} ${why}`),
  );
}

/** It may be on record as left on the array that is current, when its volume did not come back with it. */
async function snapshotLeftBehindOn(
  records: Records,
  id: string,
  host: string | null,
): Promise<string | null> {
  const left = await records.snapshots.leftBehind(id);
  const isHere = left === null || host === null || left.backendId === (await currentArrayOf(records, host));
  return isHere ? null : left.backendId;
}

/** Whether the back end of a host has the array. One that this process does not serve may have any. */
function isConfigured(backends: Backends, host: string | null, there: string | null): boolean {
  const report = reportOf(backends, host);
  return (
    there === null || there === thePod || report === null || report.arrays.some(({ id }) => id === there)
  );
}

function reportOf(backends: Backends, host: string | null): BackendReport | null {
  return host === null
    ? null
    : (backends.reports().find((candidate) => candidate.host === backendHostOf(host)) ?? null);
}

/** @param there null: the back end works where it is */
function refuseElsewhere(host: string | null, there: string | null, refusal: (why: string) => Error): void {
  if (host === null || there === null) {
    return;
  }
  const backend = backendHostOf(host);
  switch (there) {
    case primaryArray:
      throw refusal(
        `is on the primary array of ${backend}, which works on another one: it can be changed or removed after the failback.`,
      );
    case thePod:
      throw refusal(
        `is in the replicated pod of ${backend}, which works on an array outside of it: it can be changed or removed after a failover to an array of the pod.`,
      );
    default:
      throw refusal(
        `is on array ${there}, which ${backend} does not work on: it can be changed or removed there, or after a failover to it.`,
      );
  }
}
