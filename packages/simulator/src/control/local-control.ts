import type { ArrayListener } from '../array/array-listener.ts';
import type { SimulatedArray } from '../array/simulated-array.ts';
import { SimulatorError } from '../errors.ts';
import { networkChanged, settle } from '../model/fleet/settle.ts';
import { anyAdmin, createApiToken, currentToken, deleteApiToken } from '../model/rules/admins.ts';
import { expire } from '../model/rules/expiry.ts';
import { Refusal, Refusals } from '../model/rules/refusal.ts';
import { readObject, writeVolumeData } from '../model/rules/space.ts';
import type { Fleet } from '../model/state/array-model.ts';
import { instantReplication } from '../model/state/fleet-records.ts';
import type { SimulatorClock } from '../time/clock.ts';
import { administer } from './administer.ts';
import type { ApiTokenRow, SimulatorControl } from './control.ts';
import { describeArray } from './describe-array.ts';

/** One array as the control steers it. */
export type ControlledArray = {
  readonly array: SimulatedArray;
  readonly server: ArrayListener;
  /** Puts settings back to those of the first start. */
  readonly restoreSettings: () => void;
};

const mostBytes = 16 * 1024 ** 2;
const longestWait = 60_000;

/** What the control steers. */
export type ControlledSimulator = {
  readonly arrays: ReadonlyMap<string, ControlledArray>;
  readonly fleet: Fleet;
  readonly clock: SimulatorClock;
  /** The model has changed, to be kept. */
  readonly changed: () => void;
  /** Makes the connections of the first start again. */
  readonly restoreConnections: () => void;
};

/** The control operations on the arrays of this process. */
export function localControl(simulator: ControlledSimulator): SimulatorControl {
  const { arrays, fleet, clock } = simulator;
  const changed = (): void => {
    settle(fleet);
    simulator.changed();
  };
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
      const chosen = name === undefined ? [...arrays.values()] : [find(name)];
      // All of them first: what lies between arrays goes before any of them is empty.
      for (const { array } of chosen) fleet.forget(array.model.identity.id);
      for (const controlled of chosen) {
        const { array, server, restoreSettings } = controlled;
        array.holds.clear('drop');
        array.faults.clear();
        array.gate.close();
        array.model.clear();
        array.log.clear();
        restoreSettings();
        array.silent = false;
        await server.listen(array);
      }
      simulator.restoreConnections();
      changed();
    },
    state: async (name) => {
      const { array } = find(name);
      settle(fleet);
      expire(array.model);
      return describeArray(array.model, fleet.isLost(array.model.identity.id));
    },
    clock: async () => ({ now: new Date(clock.now()).toISOString() }),
    advance: async (milliseconds) => {
      clock.advance(milliseconds);
      settle(fleet);
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
      settle(fleet);
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
      settle(fleet);
      const { model } = find(name).array;
      if (!asAdministrator(() => writeVolumeData(model, volume, offset, data))) {
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
    setArrayDown: async (name, down, how) => {
      const { array, server } = find(name);
      settle(fleet);
      array.silent = down && how === 'hang';
      fleet.setLost(array.model.identity.id, down);
      networkChanged(fleet);
      changed();
      await (down && how !== 'hang' ? server.stop() : server.listen(array));
    },
    setReplication: async (settings) => {
      settle(fleet);
      for (const [key, milliseconds] of Object.entries(settings)) {
        if (!(key in instantReplication) || !Number.isSafeInteger(milliseconds) || milliseconds < 0) {
          throw new SimulatorError('invalid', `${key} must be a known setting of at least 0 milliseconds`);
        }
      }
      fleet.settings = { ...fleet.settings, ...settings };
      changed();
      return fleet.settings;
    },
    setReplicationLink: async (name, peer, state) => {
      const ends = [find(name), find(peer)].map(({ array }) => array.model.identity.id);
      const [one = '', other = ''] = ends;
      if (one === other) throw new SimulatorError('invalid', 'a link is between two different arrays');
      settle(fleet);
      fleet.setLinkState(one, other, state);
      networkChanged(fleet);
      changed();
    },
    setMediator: async (name, reachable) => {
      settle(fleet);
      fleet.setMediator(find(name).array.model.identity.id, reachable);
      networkChanged(fleet);
      changed();
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
      settle(fleet);
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
