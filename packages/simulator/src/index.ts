export { newestPurityVersion, purityVersions } from './array/purity-versions.ts';
export type { AdminOperation } from './control/admin-operations.ts';
export { connectControl } from './control/client.ts';
export type { ApiTokenRow, SimulatorControl } from './control/control.ts';
export type {
  AdminState,
  AlertState,
  ArrayConnectionState,
  ArrayState,
  ConnectionState,
  HostGroupState,
  HostState,
  PartState,
  PodMemberState,
  PodState,
  ProtectionGroupSnapshotState,
  ProtectionGroupState,
  QosState,
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
export type { NewAlert } from './model/state/alert.ts';
export type { ArrayConnectionType, LinkState, ReplicationSettings } from './model/state/fleet-records.ts';
export type { DriveStatus, HardwareStatus } from './model/state/hardware.ts';
export type { PerformanceSample } from './model/state/performance-sample.ts';
export type { AdminRole } from './model/state/records.ts';
export type { SimulatedInterface } from './model/state/simulated-interface.ts';
export type {
  ArrayConnectionOptions,
  FleetOptions,
  SimulatedArrayOptions,
  SimulatorOptions,
} from './options.ts';
export { parseArrayConnection } from './options.ts';
export { type CommandResult, pureadmin } from './pureadmin.ts';
export { type RunningArray, type RunningSimulator, startSimulator } from './simulator.ts';
export { type SimulatorTimers, systemTimers } from './time/timers.ts';
export type { ArmedFault, Fault, FaultEffect, Hold, HoldOutcome, RequestMatch } from './traffic/faults.ts';
export type { LoggedRequest, SimulatorLogEntry } from './traffic/requests.ts';
