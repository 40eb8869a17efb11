import type { GroupTypeRecord, Records } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';

/** @throws BlockStorageError `group-type-not-found`; private types are not found without access */
export async function groupTypeFor(
  records: Records,
  context: RequestContext,
  nameOrId: string,
): Promise<GroupTypeRecord> {
  const type = (await records.groupTypes.get(nameOrId)) ?? (await records.groupTypes.findByName(nameOrId));
  const visible =
    type !== null &&
    (type.isPublic || context.isAdmin || (await records.groupTypes.hasAccess(type.id, context.projectId)));
  if (!visible) {
    throw new BlockStorageError('group-type-not-found', `Group type ${nameOrId} could not be found.`);
  }
  return type;
}
