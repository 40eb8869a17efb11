export type { BackendReport, Backends } from './backends/backend-report.ts';
export {
  type BackendCondition,
  type BackendState,
  describeCondition,
  describeState,
  isInService,
} from './backends/backend-state.ts';
export { isTrue, saysTrue } from './boolean-spec.ts';
export { OperationError, type OperationErrorCode, operationErrorCodes } from './errors.ts';
export { operations } from './operations/table.ts';
export { backendHostOf } from './rows/backend-host.ts';
export { statusBefore } from './rows/broken-off-move.ts';
export {
  currentArrayOf,
  groupLeftBehindOn,
  leftBehindOn,
  primaryArray,
  thePod,
} from './rows/current-array.ts';
export {
  ambiguousDetach,
  attachableStatuses,
  attachmentToDetach,
  notAttachable,
} from './rows/older-attach.ts';
export { namedType, retypeDeltas, usageByProject, volumeDeltas } from './rows/usage.ts';
export { leaveMessage, messageActions, messageDetails } from './rows/user-messages.ts';
export { isInPod } from './rows/volume-names.ts';
export { recomputeVolumeStatus, statusByAttachments } from './rows/volume-status.ts';
export type { Work } from './run/definition.ts';
export type { Accepted } from './run/run.ts';
export type { Runner } from './run/runner.ts';
export { type ManagedBackend, VolumeManager, type VolumeManagerOptions } from './volume-manager.ts';
