export { type ConnectArrayOptions, connectArray } from './connect-array.ts';
export { defaultTimeouts, type Timeouts } from './http/timeouts.ts';
export type { TlsTrust } from './http/trust.ts';
export { ArrayError, type ArrayErrorCode, type ArrayErrorDetails, isArrayError } from './port/array-error.ts';
export type { ArrayCounts, ArrayIdentity, ArrayPerformance, ArraySpace, Arrays } from './port/arrays.ts';
export type { CallOptions } from './port/call-options.ts';
export type { Connection, ConnectionFilter, Connections } from './port/connections.ts';
export type { ArrayCapabilities, FlashArray, RestProtocol } from './port/flash-array.ts';
export {
  type ChapCredentials,
  type Host,
  type HostChange,
  type HostPersonality,
  type Hosts,
  hostPersonalities,
  type NewHost,
} from './port/hosts.ts';
export type { NetworkInterface, NetworkInterfaces, Port, Portal, Ports } from './port/ports.ts';
export type { Snapshot, SnapshotState, Snapshots } from './port/snapshots.ts';
export type { Tags } from './port/tags.ts';
export type { ConnectionCount, NewVolume, Volume, VolumeCopy, VolumeState, Volumes } from './port/volumes.ts';
