import { ArrayServer } from './array/array-server.ts';
import { newestPurityVersion, purityVersions } from './array/purity-versions.ts';
import { SimulatedArray } from './array/simulated-array.ts';
import type { SimulatorControl } from './control/control.ts';
import { httpControl } from './control/http-control.ts';
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
import type { ArrayConnectionOptions, SimulatedArrayOptions, SimulatorOptions } from './options.ts';
import { type KeptArray, keepArray, readStateFile, restoreArray, StateFile } from './state-file.ts';
import { SimulatorClock } from './time/clock.ts';
import { loadTlsMaterial } from './tls/tls-directory.ts';

/** Where a running simulated array is found. */
export interface RunningArray {
  readonly name: string;
  /** `127.0.0.1:port`, as `san_ip` takes it. */
  readonly address: string;
  /** User to API token, as configured or made at start. */
  readonly apiTokens: Readonly<Record<string, string>>;
  /** REST versions offered, oldest first. */
  readonly restVersions: readonly string[];
}

/** A started simulator. */
export interface RunningSimulator {
  /** `http://127.0.0.1:port`. */
  readonly controlUrl: string;
  /** CA certificate, PEM: what a client must trust. */
  readonly caCertificate: string;
  /** The same as a file, when a tlsDirectory was given. */
  readonly caFile: string | null;
  readonly arrays: readonly RunningArray[];
  /** The control operations without HTTP. */
  readonly control: SimulatorControl;
  /** Cuts all connections, writes the state file, stops listening. */
  close(): Promise<void>;
}

/**
 * Starts simulated arrays: REST over HTTPS for each, and one control interface.
 *
 * @throws SimulatorError `invalid` for unusable options, `storage` for certificate or state files.
 */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const names = options.arrays.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length) {
    throw new SimulatorError('invalid', `arrays must have different names: ${names.join(', ')}`);
  }
  const clock = new SimulatorClock(
    options.clock === undefined || options.clock === 'system' ? undefined : options.clock.startAt,
  );
  const { material, caFile } = await loadTlsMaterial(options.tlsDirectory, new Date());
  const kept = options.stateFile === undefined ? null : await readStateFile(options.stateFile);
  const host = options.host ?? '127.0.0.1';
  const arrays = new Map<string, ControlledArray>();
  const stateFile =
    options.stateFile === undefined
      ? null
      : new StateFile(
          options.stateFile,
          () => ({
            format: 1,
            arrays: [...arrays.values()].map(({ array }) => keepArray(array.model)),
            fleet: fleet.picture(),
          }),
          (error) => options.onStorageFailure?.(error),
        );
  const changed = (): void => stateFile?.changed();
  const fleet = new Fleet(clock);
  for (const [index, arrayOptions] of options.arrays.entries()) {
    const earlier = kept?.arrays.find(({ settings }) => settings.name === arrayOptions.name) ?? null;
    const model = makeModel(arrayOptions, index, clock, options.seed ?? 1, earlier, fleet);
    const server = new ArrayServer(host, arrayOptions.port ?? 0, material.server);
    const array = new SimulatedArray(
      model,
      { strict: arrayOptions.strict ?? true, pageCap: arrayOptions.pageCap ?? 1000 },
      { arriving: () => server.arriving(), log: options.log ?? (() => undefined), changed },
    );
    joinFleet(model, () => server.address);
    const firstSettings = model.settings;
    const roles = model.admins.sorted();
    const restoreSettings = (): void => {
      model.update(firstSettings);
      for (const admin of roles)
        model.admins.put({ ...(model.admins.byId(admin.id) ?? admin), role: admin.role });
    };
    arrays.set(arrayOptions.name, { array, server, restoreSettings });
  }
  if (kept?.fleet !== undefined) fleet.restore(kept.fleet);
  // An array that was lost at the end is there again.
  networkChanged(fleet);
  fleet.settings = { ...fleet.settings, ...options.replication };
  const restoreConnections = (): void => connectAsConfigured(fleet, options.connections ?? []);
  restoreConnections();
  const control = localControl({ arrays, fleet, clock, changed, restoreConnections });
  const controlServer = httpControl(control);
  const closeAll = async (): Promise<void> => {
    for (const { array, server } of arrays.values()) {
      array.holds.clear('drop');
      array.gate.close();
      await server.stop();
    }
    await controlServer.close();
    await stateFile?.flush();
  };
  try {
    for (const { array, server } of arrays.values()) await server.listen(array);
    const controlUrl = await controlServer.listen({ host: '127.0.0.1', port: options.controlPort ?? 0 });
    changed();
    await stateFile?.flush();
    return {
      controlUrl,
      caCertificate: material.ca.certificate,
      caFile,
      arrays: [...arrays.values()].map(({ array: { model }, server }) => ({
        name: model.settings.name,
        address: server.address,
        apiTokens: Object.fromEntries(
          model.admins
            .sorted()
            .flatMap(({ name, apiToken }) => (apiToken === null ? [] : [[name, apiToken.token]])),
        ),
        restVersions: model.settings.restVersions,
      })),
      control,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
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
    kept === null ? settingsOf(options, index) : { ...kept.settings, ...versionsOf(options) },
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
    eradicationDelay: oneDay,
    idleTimeout: halfAnHour,
    banner: '',
    performanceSamples: null,
    defaultProtection: [],
    volumeLimit: options.volumeLimit ?? null,
    hostLimit: options.hostLimit ?? null,
    snapshotLimit: options.snapshotLimit ?? null,
  };
}
