import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import type { GroupRecord, GroupSnapshotRecord } from '@cinder-flasharray/store';
import { consistencyGroupType } from '../groups/consistency-group-type.ts';
import { projectFilter } from '../http/list-query.ts';
import type { ApiRequest } from '../http/route.ts';

/** Groups and snapshots of the old API by id; all others are not there. */
export function oldGroups(blockStorage: BlockStorage, pageSize: number) {
  const { groups, groupSnapshots } = blockStorage;
  const isOld = async ({ context }: ApiRequest, groupTypeId: string): Promise<boolean> =>
    (await consistencyGroupType(blockStorage, context))?.id === groupTypeId;
  return {
    /** @throws BlockStorageError `group-not-found` */
    groupOf: async (request: ApiRequest, id: string): Promise<GroupRecord> => {
      const group = await groups.get(request.context, id);
      if (!(await isOld(request, group.groupTypeId))) {
        throw new BlockStorageError('group-not-found', `Group ${id} could not be found.`);
      }
      return group;
    },
    /** @throws BlockStorageError `group-snapshot-not-found` */
    snapshotOf: async (request: ApiRequest, id: string): Promise<GroupSnapshotRecord> => {
      const snapshot = await groupSnapshots.get(request.context, id);
      if (!(await isOld(request, snapshot.groupTypeId))) {
        throw new BlockStorageError('group-snapshot-not-found', `GroupSnapshot ${id} could not be found.`);
      }
      return snapshot;
    },
    /** Every snapshot of the old API that the caller asks about, newest first. */
    allSnapshots: async (request: ApiRequest): Promise<readonly GroupSnapshotRecord[]> => {
      const type = await consistencyGroupType(blockStorage, request.context);
      const found: GroupSnapshotRecord[] = [];
      let marker: string | null = null;
      while (type !== null) {
        const page = await groupSnapshots.list(
          request.context,
          { projectId: projectFilter(request) },
          { sort: [], limit: pageSize, offset: 0, marker, counted: false },
        );
        // The marker's snapshot may have been deleted between two pages: what was found until then is the answer.
        const rows: readonly GroupSnapshotRecord[] = page.kind === 'page' ? page.rows : [];
        found.push(...rows.filter(({ groupTypeId }) => groupTypeId === type.id));
        marker = rows.at(-1)?.id ?? null;
        if (page.kind === 'unknown-marker' || !page.more || marker === null) {
          break;
        }
      }
      return found;
    },
  };
}
