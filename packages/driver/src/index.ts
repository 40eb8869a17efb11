export type { BackendConfig } from './config/backend-config.ts';
export { type ReadBackend, readBackendConfig } from './config/read-backend-config.ts';
export { generateChapSecret, type InitiatorSecrets } from './connect/chap.ts';
export { DriverError, type DriverErrorCode, driverErrorCodes } from './driver-error.ts';
export { driverVersion, FlashArrayDriver, type FlashArrayDriverOptions } from './flash-array-driver.ts';
export type { VolumeStats } from './stats/volume-stats.ts';
export type {
  AttachmentDetails,
  ConnectionInfo,
  Connector,
  DriverSnapshot,
  DriverVolume,
  IscsiConnectionData,
  SnapshotUpdate,
  VolumeDriver,
  VolumeUpdate,
} from './volume-driver.ts';
