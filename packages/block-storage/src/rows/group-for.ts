import type { GroupRecord, Records } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';

/** @throws BlockStorageError `group-not-found`; groups of other projects are not found, except for admins */
export async function groupFor(records: Records, context: RequestContext, id: string): Promise<GroupRecord> {
  const group = await records.groups.get(id);
  if (group === null || (!context.isAdmin && group.projectId !== context.projectId)) {
    throw new BlockStorageError('group-not-found', `Group ${id} could not be found.`);
  }
  return group;
}
