import type { NewGroup } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

/** What every new group has in common. */
export function emptyGroup(context: RequestContext) {
  return {
    projectId: context.projectId,
    userId: context.userId,
    groupSnapshotId: null,
    sourceGroupId: null,
    replicationStatus: null,
    clusterName: null,
  } as const satisfies Partial<NewGroup>;
}
