export type {
  AttachmentOperations,
  BlockStorage,
  CreateVolumeRequest,
  DetailChange,
  LimitsView,
  PoolView,
  RequestContext,
  ServiceOperations,
  ServiceView,
  SnapshotOperations,
  VolumeOperations,
  VolumeTypeOperations,
} from './accept/block-storage.ts';
export { BlockStorageError, type BlockStorageErrorCode, blockStorageErrorCodes } from './errors.ts';
export { type ManagedBackend, VolumeManager, type VolumeManagerOptions } from './volume-manager.ts';
