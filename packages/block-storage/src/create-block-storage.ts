import { attachmentOperations } from './attachments/attachments.ts';
import type { BlockStorage } from './block-storage.ts';
import type { BlockStorageDependencies } from './dependencies.ts';
import { groupSnapshotOperations } from './group-snapshots/group-snapshots.ts';
import { groupTypeOperations } from './group-types/group-types.ts';
import { groupOperations } from './groups/groups.ts';
import { manageOperations } from './manage/manage.ts';
import { messageOperations } from './messages/messages.ts';
import { qosSpecsOperations } from './qos-specs/qos-specs.ts';
import { limits } from './quotas/limits.ts';
import { capabilities } from './scheduling/capabilities.ts';
import { pools } from './scheduling/pools.ts';
import { availabilityZones } from './services/availability-zones.ts';
import { serviceOperations } from './services/services.ts';
import { snapshotOperations } from './snapshots/snapshots.ts';
import { volumeTypeOperations } from './volume-types/volume-types.ts';
import { volumeOperations } from './volumes/volumes.ts';

/** Accepts requests: validates, changes the status by compare and swap, journals, starts the work. */
export function createBlockStorage(dependencies: BlockStorageDependencies): BlockStorage {
  return {
    ...messageOperations(dependencies),
    volumes: volumeOperations(dependencies),
    snapshots: snapshotOperations(dependencies),
    attachments: attachmentOperations(dependencies),
    volumeTypes: volumeTypeOperations(dependencies),
    qosSpecs: qosSpecsOperations(dependencies),
    groupTypes: groupTypeOperations(dependencies),
    groups: groupOperations(dependencies),
    groupSnapshots: groupSnapshotOperations(dependencies),
    manage: manageOperations(dependencies),
    capabilities: (context, host) => capabilities(dependencies, context, host),
    services: serviceOperations(dependencies),
    pools: async () => pools(dependencies),
    limits: (_context, projectId) => limits(dependencies.store, projectId),
    availabilityZones: () => availabilityZones(dependencies),
  };
}
