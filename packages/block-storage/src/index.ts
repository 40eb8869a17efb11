export type { AttachmentOperations } from './attachments/attachment-operations.ts';
export type { BlockStorage } from './block-storage.ts';
export { createBlockStorage } from './create-block-storage.ts';
export type { BlockStorageConfig, BlockStorageDependencies } from './dependencies.ts';
export {
  BlockStorageError,
  type BlockStorageErrorCode,
  blockStorageErrorCodes,
} from './errors.ts';
export type { GroupSnapshotOperations } from './group-snapshots/group-snapshot-operations.ts';
export type { GroupTypeOperations } from './group-types/group-type-operations.ts';
export type { GroupOperations } from './groups/group-operations.ts';
export type {
  Manageable,
  ManageablePage,
  ManageableSnapshot,
  ManageOperations,
} from './manage/manage-operations.ts';
export type { MessageOperations } from './messages/message-operations.ts';
export type { QosSpecsOperations } from './qos-specs/qos-specs-operations.ts';
export type { LimitsView } from './quotas/limits.ts';
export type { DetailChange } from './request/detail-change.ts';
export type { RequestContext } from './request/request-context.ts';
export type { CapabilitiesView } from './scheduling/capabilities.ts';
export type { PoolView } from './scheduling/pools.ts';
export type { AvailabilityZoneView } from './services/availability-zones.ts';
export type { ServiceOperations, ServiceView } from './services/service-operations.ts';
export type { SnapshotOperations } from './snapshots/snapshot-operations.ts';
export type { VolumeTypeOperations } from './volume-types/volume-type-operations.ts';
export type { CreateVolumeRequest, VolumeOperations } from './volumes/volume-operations.ts';
