import { ArrayServer } from './array/array-server.ts';
import { apiTokensOf, buildFleet, type SimulatedFleet } from './build-fleet.ts';
import type { SimulatorControl } from './control/control.ts';
import { httpControl } from './control/http-control.ts';
import type { SimulatorOptions } from './options.ts';
import { readStateFile, StateFile } from './state-file.ts';
import { systemTimers } from './time/timers.ts';
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
  const { material, caFile } = await loadTlsMaterial(options.tlsDirectory, new Date());
  const kept = options.stateFile === undefined ? null : await readStateFile(options.stateFile);
  const host = options.host ?? '127.0.0.1';
  let stateFile: StateFile | null = null;
  const fleet: SimulatedFleet<ArrayServer> = buildFleet(options, {
    placeOf: ({ port }) => new ArrayServer(host, port ?? 0, material.server),
    timers: systemTimers,
    kept,
    changed: () => stateFile?.changed(),
  });
  const { arrays, control } = fleet;
  if (options.stateFile !== undefined) {
    stateFile = new StateFile(
      options.stateFile,
      () => fleet.picture(),
      (error) => options.onStorageFailure?.(error),
    );
  }
  const controlServer = httpControl(control, async () => await stateFile?.flush());
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
    stateFile?.changed();
    await stateFile?.flush();
    return {
      controlUrl,
      caCertificate: material.ca.certificate,
      caFile,
      arrays: [...arrays.values()].map(({ array, server }) => ({
        name: array.name,
        address: server.address,
        apiTokens: apiTokensOf(array),
        restVersions: array.model.settings.restVersions,
      })),
      control,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
