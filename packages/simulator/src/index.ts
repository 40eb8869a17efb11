export { newestPurityVersion, purityVersions } from './array/purity-versions.ts';
export type { AdminOperation, NewAlert, PerformanceSample } from './control/admin-operations.ts';
export { connectControl } from './control/client.ts';
export type { ApiTokenRow, HoldOutcome, SimulatorControl } from './control/control.ts';
export type { ArmedFault, Fault, FaultEffect, Hold, RequestMatch } from './control/faults.ts';
export type { LoggedRequest, SimulatorLogEntry } from './control/requests.ts';
export type {
  AdminRole,
  AdminState,
  AlertState,
  ArrayConnectionState,
  ArrayState,
  ConnectionState,
  DriveStatus,
  HardwareStatus,
  HostGroupState,
  HostState,
  PartState,
  PodMemberState,
  PodState,
  ProtectionGroupSnapshotState,
  ProtectionGroupState,
  QosState,
  SimulatedInterface,
  SnapshotState,
  SpaceState,
  TagState,
  TransferState,
  VolumeGroupState,
  VolumeState,
} from './control/state.ts';

export { SimulatorError, type SimulatorErrorCode } from './errors.ts';
export type { WireRequest } from './http/wire-request.ts';
export {
  type InMemoryArray,
  type InMemorySimulator,
  simulateInMemory,
  type WireOutcome,
} from './in-memory.ts';
export type {
  ArrayConnectionType,
  LinkState,
  ReplicationSettings,
} from './model/fleet-records.ts';
export type {
  ArrayConnectionOptions,
  FleetOptions,
  SimulatedArrayOptions,
  SimulatorOptions,
} from './options.ts';
export { parseArrayConnection } from './options.ts';
export { type CommandResult, pureadmin } from './pureadmin.ts';
export { type RunningArray, type RunningSimulator, startSimulator } from './simulator.ts';
export type { SimulatorTimers } from './time/timers.ts';
