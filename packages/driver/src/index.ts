export { debugTrace } from './backend/debug-trace.ts';
export { FlashArrayDriver, type FlashArrayDriverOptions } from './backend/flash-array-driver.ts';
export type { BackendConfig, ProtocolConfig } from './config/backend-config.ts';
export { type DriverOption, driverOptions } from './config/driver-options.ts';
export { type ReadBackend, readBackendConfig } from './config/read-backend-config.ts';
export { generateChapSecret, type InitiatorSecrets } from './connections/chap.ts';
export { DriverError, type DriverErrorCode, driverErrorCodes, isTransient } from './contract/driver-error.ts';
export type { Locks } from './contract/locks.ts';
export type {
  AttachmentDetails,
  CapabilityProperty,
  ConnectionInfo,
  Connector,
  DisconnectionInfo,
  DriverGroup,
  DriverGroupSnapshot,
  DriverSnapshot,
  DriverVolume,
  DriverVolumeType,
  ExistingReference,
  FailedOverVolume,
  FailoverResult,
  GroupSource,
  ManageableRequest,
  ManageableSnapshot,
  ManageableVolume,
  MemberDeletion,
  MemberSnapshotUpdate,
  MemberUpdate,
  MissedArray,
  MissedDisconnect,
  SnapshotUpdate,
  VolumeUpdate,
} from './contract/records.ts';
export type {
  BrokenOffMove,
  ConfiguredArray,
  DeletionContext,
  DriverSession,
  EndingContext,
  FailoverProgress,
  VolumeDriver,
} from './contract/volume-driver.ts';
export type { VolumeStats } from './contract/volume-stats.ts';
