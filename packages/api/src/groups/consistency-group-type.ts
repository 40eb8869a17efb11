import { type BlockStorage, BlockStorageError, type RequestContext } from '@cinder-flasharray/block-storage';
import { consistencyGroupTypeName, type GroupTypeRecord } from '@cinder-flasharray/store';
import { badRequest } from '../http/api-error.ts';

/** The group type of the old consistency groups, whoever asks; null where there is none. */
export async function consistencyGroupType(
  { groupTypes }: Pick<BlockStorage, 'groupTypes'>,
  context: RequestContext,
): Promise<GroupTypeRecord | null> {
  try {
    return await groupTypes.get({ ...context, isAdmin: true }, consistencyGroupTypeName);
  } catch (error) {
    if (error instanceof BlockStorageError && error.code === 'group-type-not-found') {
      return null;
    }
    throw error;
  }
}

/**
 * The new routes leave groups of the old API alone.
 * @param groupType id or name
 * @throws ApiError 400
 */
export async function refuseConsistencyGroups(
  blockStorage: Pick<BlockStorage, 'groupTypes'>,
  context: RequestContext,
  groupType: string,
  kind: 'group' | 'group snapshot',
): Promise<void> {
  const reserved = await consistencyGroupType(blockStorage, context);
  if (reserved !== null && (groupType === reserved.id || groupType === reserved.name)) {
    const operated =
      kind === 'group'
        ? 'Migrated group can only be operated by CG APIs.'
        : 'Migrated group snapshots can only be operated by CG snapshot APIs.';
    throw badRequest(`Group_type ${reserved.id} is reserved for migrating CGs to groups. ${operated}`);
  }
}

/** Which of these groups are consistency groups of the old API; asks nothing where there are no groups. */
export async function consistencyGroupsAmong(
  blockStorage: Pick<BlockStorage, 'groups' | 'groupTypes'>,
  context: RequestContext,
  groupIds: readonly (string | null)[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(groupIds.filter((id) => id !== null))];
  const type = ids.length === 0 ? null : await consistencyGroupType(blockStorage, context);
  if (type === null) {
    return new Set();
  }
  const page = await blockStorage.groups.list(
    { ...context, isAdmin: true },
    { projectId: null, ids, groupTypeId: type.id },
    { sort: [], limit: ids.length, offset: 0, marker: null, counted: false },
  );
  return new Set(page.kind === 'page' ? page.rows.map(({ id }) => id) : []);
}
