export { type ConnectArrayOptions, connectArray } from './connect-array.ts';
export { defaultTimeouts, type Timeouts } from './http/timeouts.ts';
export {
  type HttpReply,
  type HttpRequest,
  maxConnections,
  type OpenTransport,
  type Transport,
  type TransportOptions,
} from './http/transport.ts';
export { TransportFailure, type TransportFailureKind } from './http/transport-failure.ts';
export type { TlsTrust } from './http/trust.ts';
export { ArrayError, type ArrayErrorCode, type ArrayErrorDetails, isArrayError } from './port/array-error.ts';
export type {
  ArrayConnection,
  ArrayCounts,
  ArrayIdentity,
  ArrayPerformance,
  ArraySpace,
  Arrays,
} from './port/arrays.ts';
export type { CallOptions } from './port/call-options.ts';
export type { Connection, ConnectionFilter, Connections } from './port/connections.ts';
export type { ArrayCapabilities, FlashArray, RestProtocol } from './port/flash-array.ts';
export type {
  Administrator,
  AdministratorRole,
  Alert,
  AlertSeverity,
  ApiTokenExpiry,
  HardwareComponent,
  HardwareKind,
  HardwareStatus,
  Health,
} from './port/health.ts';
export {
  type ChapCredentials,
  type Host,
  type HostChange,
  type HostPersonality,
  type Hosts,
  hostPersonalities,
  type Initiators,
  type NewHost,
} from './port/hosts.ts';
export type { Pod, PodMember, PodState, Pods } from './port/pods.ts';
export type { NetworkInterface, NetworkInterfaces, Port, Portal, Ports } from './port/ports.ts';
export type {
  GroupReplication,
  ProtectionGroupOfVolume,
  ProtectionGroupState,
  ProtectionGroups,
  ProtectionGroupTarget,
  ReplicatedSnapshot,
  ReplicatedVolume,
  TargetRetention,
} from './port/protection-groups.ts';
export type { Snapshot, SnapshotState, SnapshotSummary, Snapshots } from './port/snapshots.ts';
export type { Tags } from './port/tags.ts';
export type { VolumeGroupState, VolumeGroups } from './port/volume-groups.ts';
export {
  type ConnectionCount,
  type NewVolume,
  type QosLimits,
  unlimited,
  type Volume,
  type VolumeContainer,
  type VolumeCopy,
  type VolumeState,
  type VolumeSummary,
  type Volumes,
} from './port/volumes.ts';
export { supportedRestApiVersions } from './shared/negotiate.ts';
