import type { SimulatorControl } from './control/control.ts';
import { SimulatorError } from './errors.ts';
import type { SimulatorOptions } from './options.ts';

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
  throw new SimulatorError('invalid', `not yet implemented (${options.arrays.length} arrays)`);
}
