export type {
  AttachmentOperations,
  BlockStorage,
  CapabilitiesView,
  CreateVolumeRequest,
  DetailChange,
  LimitsView,
  PoolView,
  ServiceOperations,
  ServiceView,
  SnapshotOperations,
  VolumeOperations,
  VolumeTypeOperations,
} from './accept/block-storage.ts';
export type {
  GroupOperations,
  GroupSnapshotOperations,
  GroupTypeOperations,
} from './accept/groups/group-operations.ts';
export type {
  Manageable,
  ManageablePage,
  ManageableSnapshot,
  ManageOperations,
} from './accept/manage/manage-operations.ts';
export type { QosSpecsOperations } from './accept/qos-specs/qos-specs-operations.ts';
export type { RequestContext } from './accept/request-context.ts';
export { BlockStorageError, type BlockStorageErrorCode, blockStorageErrorCodes } from './errors.ts';
export { type ManagedBackend, VolumeManager, type VolumeManagerOptions } from './volume-manager.ts';
