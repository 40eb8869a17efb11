export type { BackendConfig, ProtocolConfig } from './config/backend-config.ts';
export { type DriverOption, driverOptions } from './config/driver-options.ts';
export { type ReadBackend, readBackendConfig } from './config/read-backend-config.ts';
export { generateChapSecret, type InitiatorSecrets } from './connect/chap.ts';
export { DriverError, type DriverErrorCode, driverErrorCodes, mayPass } from './driver-error.ts';
export { FlashArrayDriver, type FlashArrayDriverOptions } from './flash-array-driver.ts';
export type { Locks } from './locks.ts';
export type { VolumeStats } from './stats/volume-stats.ts';
export { debugTrace } from './trace/debug-trace.ts';
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
  SnapshotUpdate,
  VolumeDriver,
  VolumeUpdate,
} from './volume-driver.ts';
