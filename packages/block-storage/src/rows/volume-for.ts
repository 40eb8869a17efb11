import type { Records, VolumeRecord, VolumeSummary } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';

/** @throws BlockStorageError `volume-not-found`; volumes of other projects are not found, except for admins */
export async function volumeFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<VolumeRecord> {
  return visible(await records.volumes.get(id), context, id);
}

/** The same where whose and where it is are enough. @throws BlockStorageError `volume-not-found` */
export async function volumeSummaryFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<VolumeSummary> {
  return visible(await records.volumes.summary(id), context, id);
}

function visible<Volume extends Pick<VolumeRecord, 'projectId'>>(
  volume: Volume | null,
  context: RequestContext,
  id: string,
): Volume {
  if (volume === null || (!context.isAdmin && volume.projectId !== context.projectId)) {
    throw new BlockStorageError('volume-not-found', `Volume ${id} could not be found.`);
  }
  return volume;
}
