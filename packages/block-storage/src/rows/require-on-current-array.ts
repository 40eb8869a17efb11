import type { GroupRecord, Records, VolumeRecord, VolumeSummary } from '@cinder-flasharray/store';
import { backendHostOf } from '@cinder-flasharray/volume-manager';
import { invalidGroup, invalidVolume } from '../request/refusals.ts';

/** Of what a failover has left behind. */
const leftBehind = new Set(['not-capable', 'failover-error']);

/**
 * A volume that stayed on the array that its back end has failed over from can only be removed when that array is
 * current again: the other one would say that it is gone.
 * @throws BlockStorageError `invalid-volume`
 */
export async function requireOnCurrentArray(records: Records, volume: VolumeSummary): Promise<void> {
  const why = await leftBehindBy(records, volume);
  if (why !== null) {
    throw invalidVolume(`Volume ${volume.id} ${why}`);
  }
}

/**
 * The same for a group that has no volumes.
 * @throws BlockStorageError `invalid-group`
 */
export async function requireGroupOnCurrentArray(records: Records, group: GroupRecord): Promise<void> {
  const why = await leftBehindBy(records, group);
  if (why !== null) {
    throw invalidGroup(`Group ${group.id} ${why}`);
  }
}

async function leftBehindBy(
  records: Records,
  { host, replicationStatus }: Pick<VolumeRecord, 'host' | 'replicationStatus'>,
): Promise<string | null> {
  if (host === null || !leftBehind.has(replicationStatus ?? '')) {
    return null;
  }
  const backend = backendHostOf(host);
  const active = (await records.services.find(backend, 'cinder-volume'))?.activeBackendId ?? '';
  return active === '' || active === 'default'
    ? null
    : `is on the array that ${backend} has failed over from to ${active}: it can be removed after the failback.`;
}
