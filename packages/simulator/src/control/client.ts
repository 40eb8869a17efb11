import { SimulatorError, type SimulatorErrorCode } from '../errors.ts';
import type { SimulatorControl } from './control.ts';

const codes: readonly SimulatorErrorCode[] = [
  'unknown-array',
  'invalid',
  'refused',
  'not-found',
  'unreachable',
  'storage',
];

/** Steers a simulator in another process over its control interface (`http://127.0.0.1:port`). */
export function connectControl(controlUrl: string): SimulatorControl {
  // The other side is this very package: what it answers has the shape of the operation's result.
  const call = async <T>(
    operation: keyof SimulatorControl,
    ...parameters: readonly unknown[]
  ): Promise<T> => {
    let reply: Response;
    try {
      reply = await fetch(`${controlUrl}/_sim/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(parameters.filter((parameter) => parameter !== undefined)),
      });
    } catch (error) {
      throw new SimulatorError('unreachable', `the simulator at ${controlUrl} cannot be reached`, {
        cause: error,
      });
    }
    const body: { readonly result: T; readonly code?: string; readonly message?: string } = JSON.parse(
      await reply.text(),
    );
    if (!reply.ok) {
      const code = codes.find((candidate) => candidate === body.code) ?? 'unreachable';
      throw new SimulatorError(code, body.message ?? `the simulator answered ${reply.status}`);
    }
    return body.result;
  };
  return {
    reset: (array) => call('reset', array),
    state: (array) => call('state', array),
    clock: () => call('clock'),
    advance: (milliseconds) => call('advance', milliseconds),
    requests: (array, options) => call('requests', array, options),
    clearRequests: (array) => call('clearRequests', array),
    addFault: (array, fault) => call('addFault', array, fault),
    faults: (array) => call('faults', array),
    removeFault: (array, id) => call('removeFault', array, id),
    clearFaults: (array) => call('clearFaults', array),
    armHold: (array, hold) => call('armHold', array, hold),
    waitForHold: (array, id, timeoutMs) => call('waitForHold', array, id, timeoutMs),
    releaseHold: (array, id, how) => call('releaseHold', array, id, how),
    openGate: (array) => call('openGate', array),
    closeGate: (array) => call('closeGate', array),
    readVolume: async (array, volume, offset, length) =>
      new Uint8Array(Buffer.from(await call<string>('readVolume', array, volume, offset, length), 'base64')),
    writeVolume: (array, volume, offset, data) =>
      call('writeVolume', array, volume, offset, Buffer.from(data).toString('base64')),
    setInterfaces: (array, interfaces) => call('setInterfaces', array, interfaces),
    setArrayDown: (array, down, how) => call('setArrayDown', array, down, how),
    setReplication: (settings) => call('setReplication', settings),
    setReplicationLink: (array, peer, state) => call('setReplicationLink', array, peer, state),
    setMediator: (array, reachable) => call('setMediator', array, reachable),
    expireSessions: (array) => call('expireSessions', array),
    createApiToken: (array, user, options) => call('createApiToken', array, user, options),
    listApiTokens: (array, options) => call('listApiTokens', array, options),
    deleteApiToken: (array, user) => call('deleteApiToken', array, user),
    admin: (array, operation) => call('admin', array, operation),
  };
}
