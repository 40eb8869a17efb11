import type { SimulatedArray } from '../array/simulated-array.ts';
import { SimulatorError } from '../errors.ts';
import type { ArrayServer } from '../http/array-server.ts';
import { anyAdmin, createApiToken, currentToken, deleteApiToken } from '../model/admins.ts';
import { expire } from '../model/expiry.ts';
import { Refusal, Refusals } from '../model/refusal.ts';
import { readObject, writeVolumeData } from '../model/space.ts';
import type { SimulatorClock } from '../time/clock.ts';
import { administer } from './administer.ts';
import type { ApiTokenRow, SimulatorControl } from './control.ts';
import { describeArray } from './describe-array.ts';

/** One array as the control steers it. */
export type ControlledArray = {
  readonly array: SimulatedArray;
  readonly server: ArrayServer;
  /** Puts settings back to those of the first start. */
  readonly restoreSettings: () => void;
};

const mostBytes = 16 * 1024 ** 2;
const longestWait = 60_000;

/** The control operations on the arrays of this process. `changed`: the model has changed, to be kept. */
export function localControl(
  arrays: ReadonlyMap<string, ControlledArray>,
  clock: SimulatorClock,
  changed: () => void,
): SimulatorControl {
  const find = (name: string): ControlledArray => {
    const found = arrays.get(name);
    if (found === undefined) {
      throw new SimulatorError(
        'unknown-array',
        `there is no simulated array "${name}"; there are: ${[...arrays.keys()].join(', ')}`,
      );
    }
    return found;
  };
  const asAdministrator = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof Refusal || error instanceof Refusals) {
        throw new SimulatorError('refused', error.message, { cause: error });
      }
      throw error;
    } finally {
      changed();
    }
  };
  const checkRange = (offset: number, length: number): void => {
    if (
      !Number.isSafeInteger(offset) ||
      offset < 0 ||
      !Number.isSafeInteger(length) ||
      length < 0 ||
      length > mostBytes
    ) {
      throw new SimulatorError('invalid', `not a range of at most ${mostBytes} bytes: ${offset}, ${length}`);
    }
  };
  return {
    reset: async (name) => {
      for (const controlled of name === undefined ? arrays.values() : [find(name)]) {
        const { array, server, restoreSettings } = controlled;
        array.holds.clear('drop');
        array.faults.clear();
        array.gate.close();
        array.model.clear();
        array.log.clear();
        restoreSettings();
        await server.listen(array);
      }
      changed();
    },
    state: async (name) => {
      const { array, server } = find(name);
      expire(array.model);
      return describeArray(array.model, !server.isListening);
    },
    clock: async () => ({ now: new Date(clock.now()).toISOString() }),
    advance: async (milliseconds) => {
      clock.advance(milliseconds);
      for (const { array } of arrays.values()) {
        expire(array.model);
      }
      changed();
      return { now: new Date(clock.now()).toISOString() };
    },
    requests: async (name, options) => find(name).array.log.since(options?.since ?? 0),
    clearRequests: async (name) => find(name).array.log.clear(),
    addFault: async (name, fault) => ({ id: find(name).array.faults.add(fault) }),
    faults: async (name) => find(name).array.faults.list(),
    removeFault: async (name, id) => {
      if (!find(name).array.faults.remove(id)) {
        throw new SimulatorError('not-found', `there is no fault ${id}`);
      }
    },
    clearFaults: async (name) => find(name).array.faults.clear(),
    armHold: async (name, hold) => ({ id: find(name).array.holds.arm(hold) }),
    waitForHold: async (name, id, timeoutMs) =>
      find(name).array.holds.wait(id, Math.min(Math.max(0, timeoutMs), longestWait)),
    releaseHold: async (name, id, how) => find(name).array.holds.release(id, how),
    openGate: async (name) => find(name).array.gate.open(),
    closeGate: async (name) => ({ rounds: find(name).array.gate.close() }),
    readVolume: async (name, volume, offset, length) => {
      checkRange(offset, length);
      const data = readObject(find(name).array.model, volume, offset, length);
      if (data === null) {
        throw new SimulatorError(
          'refused',
          `${volume} is not there, or is smaller than ${offset + length} bytes`,
        );
      }
      return data;
    },
    writeVolume: async (name, volume, offset, data) => {
      checkRange(offset, data.length);
      if (!writeVolumeData(find(name).array.model, volume, offset, data)) {
        throw new SimulatorError(
          'refused',
          `${volume} is not there, or is smaller than ${offset + data.length} bytes`,
        );
      }
      changed();
    },
    setInterfaces: async (name, interfaces) => {
      find(name).array.model.update({ interfaces });
      changed();
    },
    setArrayDown: async (name, down) => {
      const { array, server } = find(name);
      await (down ? server.stop() : server.listen(array));
    },
    expireSessions: async (name) => find(name).array.model.sessions.clear(),
    createApiToken: async (name, user, options) => {
      const { model } = find(name).array;
      const token = asAdministrator(() => createApiToken(model, user, options?.timeoutMs ?? null));
      return tokenRow(user, token, true);
    },
    listApiTokens: async (name, options) => {
      const { model } = find(name).array;
      const { user } = options ?? {};
      const admins =
        user === undefined ? model.admins.sorted() : [asAdministrator(() => anyAdmin(model, user))];
      return admins.flatMap((admin) => {
        const token = currentToken(model, admin);
        return token === null ? [] : [tokenRow(admin.name, token, options?.expose === true)];
      });
    },
    deleteApiToken: async (name, user) => {
      asAdministrator(() => deleteApiToken(find(name).array.model, user));
    },
    admin: async (name, operation) => {
      asAdministrator(() => administer(find(name).array.model, operation));
    },
  };
}

function tokenRow(
  user: string,
  token: { readonly token: string; readonly created: number; readonly expires: number | null },
  expose: boolean,
): ApiTokenRow {
  return {
    user,
    token: expose ? token.token : '****',
    created: new Date(token.created).toISOString(),
    expires: token.expires === null ? null : new Date(token.expires).toISOString(),
  };
}
