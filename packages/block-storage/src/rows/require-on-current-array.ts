import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { backendHostOf } from '@cinder-flasharray/volume-manager';
import { invalidVolume } from '../request/refusals.ts';

/** Of volumes that a failover has left behind. */
const leftBehind = new Set(['not-capable', 'failover-error']);

/**
 * A volume that stayed on the array that its back end has failed over from can only be removed when that array is
 * current again: the other one would say that it is gone.
 * @throws BlockStorageError `invalid-volume`
 */
export async function requireOnCurrentArray(records: Records, volume: VolumeRecord): Promise<void> {
  if (volume.host === null || !leftBehind.has(volume.replicationStatus ?? '')) {
    return;
  }
  const host = backendHostOf(volume.host);
  const active = (await records.services.find(host, 'cinder-volume'))?.activeBackendId ?? '';
  if (active !== '' && active !== 'default') {
    throw invalidVolume(
      `Volume ${volume.id} is on the array that ${host} has failed over from to ${active}: it can be removed after the failback.`,
    );
  }
}
