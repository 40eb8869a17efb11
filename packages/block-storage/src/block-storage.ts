import type { AttachmentOperations } from './attachments/attachment-operations.ts';
import type { GroupSnapshotOperations } from './group-snapshots/group-snapshot-operations.ts';
import type { GroupTypeOperations } from './group-types/group-type-operations.ts';
import type { GroupOperations } from './groups/group-operations.ts';
import type { ManageOperations } from './manage/manage-operations.ts';
import type { MessageOperations } from './messages/message-operations.ts';
import type { QosSpecsOperations } from './qos-specs/qos-specs-operations.ts';
import type { LimitsView } from './quotas/limits.ts';
import type { RequestContext } from './request/request-context.ts';
import type { CapabilitiesView } from './scheduling/capabilities.ts';
import type { PoolView } from './scheduling/pools.ts';
import type { AvailabilityZoneView } from './services/availability-zones.ts';
import type { ServiceOperations } from './services/service-operations.ts';
import type { SnapshotOperations } from './snapshots/snapshot-operations.ts';
import type { VolumeTypeOperations } from './volume-types/volume-type-operations.ts';
import type { VolumeOperations } from './volumes/volume-operations.ts';

/** Everything the API can ask for: each method validates, changes the status, and starts or does the work. */
export interface BlockStorage extends MessageOperations {
  readonly volumes: VolumeOperations;
  readonly snapshots: SnapshotOperations;
  readonly attachments: AttachmentOperations;
  readonly volumeTypes: VolumeTypeOperations;
  readonly qosSpecs: QosSpecsOperations;
  readonly groupTypes: GroupTypeOperations;
  readonly groups: GroupOperations;
  readonly groupSnapshots: GroupSnapshotOperations;
  readonly manage: ManageOperations;
  readonly services: ServiceOperations;
  /** `host`: `host@backend`, with or without pool. Admin. */
  capabilities(context: RequestContext, host: string): Promise<CapabilitiesView>;
  pools(context: RequestContext): Promise<readonly PoolView[]>;
  limits(context: RequestContext, projectId: string): Promise<LimitsView>;
  availabilityZones(context: RequestContext): Promise<readonly AvailabilityZoneView[]>;
}
