import type { Records, VolumeTypeRecord } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';

/** @throws BlockStorageError `volume-type-not-found`; private types are not found without access */
export async function typeFor(
  records: Records,
  context: RequestContext,
  nameOrId: string,
): Promise<VolumeTypeRecord> {
  const type = (await records.volumeTypes.get(nameOrId)) ?? (await records.volumeTypes.findByName(nameOrId));
  const visible =
    type !== null &&
    (type.isPublic || context.isAdmin || (await records.volumeTypes.hasAccess(type.id, context.projectId)));
  if (!visible) {
    throw new BlockStorageError('volume-type-not-found', `Volume type ${nameOrId} could not be found.`);
  }
  return type;
}
