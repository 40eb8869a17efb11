import type { SimulatorControl } from './control.ts';

/** Every operation of the control interface, by name: the last part of its path. */
export const controlOperations = [
  'reset',
  'state',
  'clock',
  'advance',
  'requests',
  'clearRequests',
  'addFault',
  'faults',
  'removeFault',
  'clearFaults',
  'armHold',
  'waitForHold',
  'releaseHold',
  'openGate',
  'closeGate',
  'readVolume',
  'writeVolume',
  'setInterfaces',
  'setArrayDown',
  'setReplication',
  'setReplicationLink',
  'setMediator',
  'expireSessions',
  'createApiToken',
  'listApiTokens',
  'deleteApiToken',
  'admin',
] as const satisfies readonly (keyof SimulatorControl)[];

export type ControlOperation = (typeof controlOperations)[number];
