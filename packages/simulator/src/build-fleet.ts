import type { ArrayListener } from './array/array-listener.ts';
import { newestPurityVersion, purityVersions } from './array/purity-versions.ts';
import { SimulatedArray } from './array/simulated-array.ts';
import type { SimulatorControl } from './control/control.ts';
import { type ControlledArray, localControl } from './control/local-control.ts';
import { SimulatorError } from './errors.ts';
import { connectArrays } from './model/fleet/array-connections.ts';
import { joinFleet } from './model/fleet/join-fleet.ts';
import { networkChanged } from './model/fleet/settle.ts';
import { createAdmin } from './model/rules/admins.ts';
import { defaultInterfaces } from './model/rules/interfaces.ts';
import { Refusal } from './model/rules/refusal.ts';
import { ArrayModel, Fleet } from './model/state/array-model.ts';
import type { ArraySettings } from './model/state/array-settings.ts';
import { SeededRandom, seedFor } from './model/state/random.ts';
import type { ArrayConnectionOptions, FleetOptions, SimulatedArrayOptions } from './options.ts';
import { type KeptArray, type KeptState, keepArray, restoreArray } from './state-file.ts';
import { SimulatorClock } from './time/clock.ts';
import type { SimulatorTimers } from './time/timers.ts';

/** Where clients find an array. */
export interface ArrayPlace extends ArrayListener {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Connections and requests that have begun and are not parsed yet. */
  arriving(): number;
}

/** The arrays of one simulator, wherever they are reached. */
export interface SimulatedFleet<Place extends ArrayPlace> {
  readonly arrays: ReadonlyMap<string, ControlledArray & { readonly server: Place }>;
  readonly control: SimulatorControl;
  /** Everything, for the state file. */
  picture(): KeptState;
}

export interface FleetParts<Place extends ArrayPlace> {
  readonly placeOf: (options: SimulatedArrayOptions) => Place;
  readonly timers: SimulatorTimers;
  /** What an earlier start has kept. */
  readonly kept: KeptState | null;
  /** The model may have changed. */
  readonly changed: () => void;
}

/** @throws SimulatorError `invalid` for unusable options */
export function buildFleet<Place extends ArrayPlace>(
  options: FleetOptions,
  { placeOf, timers, kept, changed }: FleetParts<Place>,
): SimulatedFleet<Place> {
  const names = options.arrays.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length) {
    throw new SimulatorError('invalid', `arrays must have different names: ${names.join(', ')}`);
  }
  const clock = new SimulatorClock(options.clock);
  const arrays = new Map<string, ControlledArray & { readonly server: Place }>();
  const fleet = new Fleet(clock);
  for (const [index, arrayOptions] of options.arrays.entries()) {
    const earlier = kept?.arrays.find(({ settings }) => settings.name === arrayOptions.name) ?? null;
    const model = makeModel(arrayOptions, index, clock, options.seed ?? 1, earlier, fleet);
    const server = placeOf(arrayOptions);
    const array = new SimulatedArray(
      model,
      { strict: arrayOptions.strict ?? true, pageCap: arrayOptions.pageCap ?? 1000 },
      { arriving: () => server.arriving(), log: options.log ?? (() => undefined), changed, timers },
    );
    joinFleet(model, () => server.address);
    const firstSettings = model.settings;
    const roles = model.admins.sorted();
    const restoreSettings = (): void => {
      model.update(firstSettings);
      for (const admin of roles) {
        model.admins.put({ ...(model.admins.byId(admin.id) ?? admin), role: admin.role });
      }
    };
    arrays.set(arrayOptions.name, { array, server, restoreSettings });
  }
  if (kept?.fleet !== undefined) fleet.restore(kept.fleet);
  // An array that was lost at the end is there again.
  networkChanged(fleet);
  fleet.settings = { ...fleet.settings, ...options.replication };
  const restoreConnections = (): void => connectAsConfigured(fleet, options.connections ?? []);
  restoreConnections();
  return {
    arrays,
    control: localControl({ arrays, fleet, clock, changed, restoreConnections }),
    picture: () => ({
      format: 1,
      arrays: [...arrays.values()].map(({ array }) => keepArray(array.model)),
      fleet: fleet.picture(),
    }),
  };
}

/** API tokens of an array, by user. */
export function apiTokensOf({ model }: SimulatedArray): Readonly<Record<string, string>> {
  return Object.fromEntries(
    model.admins
      .sorted()
      .flatMap(({ name, apiToken }) => (apiToken === null ? [] : [[name, apiToken.token]])),
  );
}

const defaultCapacity = 20 * 1024 ** 4;
const oneDay = 86_400_000;
const halfAnHour = 1_800_000;

/** A fresh model, filled with what an earlier start has kept. */
function makeModel(
  options: SimulatedArrayOptions,
  index: number,
  clock: SimulatorClock,
  seed: number,
  kept: KeptArray | null,
  fleet: Fleet,
): ArrayModel {
  const random = new SeededRandom(kept?.randomState ?? seedFor(seed, options.name));
  const identity = kept?.identity ?? {
    id: random.uuid(),
    targetSuffix: random.hex(16),
    created: clock.now(),
  };
  const model = new ArrayModel(
    identity,
    // A state that was kept before a setting was there has its first value.
    {
      ...settingsOf(options, index),
      ...(kept === null ? {} : { disabledDelay: kept.settings.eradicationDelay }),
      ...kept?.settings,
      ...versionsOf(options),
    },
    clock,
    random,
    fleet,
  );
  if (kept !== null) {
    restoreArray(model, kept);
    return model;
  }
  const tokens = options.apiTokens ?? { pureuser: random.uuid() };
  for (const [user, token] of Object.entries(tokens)) {
    const admin = createAdmin(
      model,
      user,
      options.readOnlyUsers?.includes(user) === true ? 'readonly' : 'array_admin',
    );
    model.admins.put({ ...admin, apiToken: { token, created: clock.now(), expires: null } });
  }
  return model;
}

function connectAsConfigured(fleet: Fleet, connections: readonly ArrayConnectionOptions[]): void {
  for (const { from, to, type } of connections) {
    const [maker, peer] = [fleet.byName(from), fleet.byName(to)];
    if (maker === undefined || peer === undefined) {
      throw new SimulatorError(
        'invalid',
        `connections: there is no array "${maker === undefined ? from : to}"`,
      );
    }
    if (fleet.connectionOf(maker.identity.id, peer.identity.id) !== undefined) continue;
    try {
      connectArrays(maker, peer, { type: type ?? 'async-replication' });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new SimulatorError('invalid', `connections: ${from} and ${to}: ${error.message}`, {
        cause: error,
      });
    }
  }
}

function versionsOf(options: SimulatedArrayOptions): Pick<ArraySettings, 'purityVersion' | 'restVersions'> {
  const purityVersion = options.purityVersion ?? newestPurityVersion;
  const restVersions = options.restVersions ?? purityVersions[purityVersion];
  if (restVersions === undefined || restVersions.length === 0) {
    throw new SimulatorError(
      'invalid',
      `array ${options.name}: unknown Purity version ${purityVersion}; known are ${Object.keys(purityVersions).join(', ')}`,
    );
  }
  return { purityVersion, restVersions };
}

function settingsOf(options: SimulatedArrayOptions, index: number): ArraySettings {
  return {
    name: options.name,
    ...versionsOf(options),
    capacity: options.capacity ?? defaultCapacity,
    evergreenOne: options.evergreenOne ?? false,
    interfaces: options.interfaces ?? defaultInterfaces(index),
    controllerStatus: {},
    nextLun: options.lunSeed ?? 1,
    manualEradication: true,
    destroysConnected: false,
    eradicationDelay: oneDay,
    disabledDelay: oneDay,
    idleTimeout: halfAnHour,
    banner: '',
    performanceSamples: null,
    defaultProtection: [],
    volumeLimit: options.volumeLimit ?? null,
    hostLimit: options.hostLimit ?? null,
    snapshotLimit: options.snapshotLimit ?? null,
  };
}
