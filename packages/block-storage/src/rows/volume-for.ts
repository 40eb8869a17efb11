import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { BlockStorageError } from '@cinder-flasharray/volume-manager';
import type { RequestContext } from '../request/request-context.ts';

/** @throws BlockStorageError `volume-not-found`; volumes of other projects are not found, except for admins */
export async function volumeFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<VolumeRecord> {
  const volume = await records.volumes.get(id);
  if (volume === null || (!context.isAdmin && volume.projectId !== context.projectId)) {
    throw new BlockStorageError('volume-not-found', `Volume ${id} could not be found.`);
  }
  return volume;
}
