import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  parseArrayConnection,
  type RunningSimulator,
  type SimulatedArrayOptions,
  SimulatorError,
  startSimulator,
} from '@cinder-flasharray/simulator';
import type { CommandIo } from '../command-io.ts';
import { CommandError, exitCode, systemCode } from '../exit-code.ts';
import { defaultStateFolder, simulatorFolder } from '../state-folder.ts';
import { makeStateFolder } from './make-state-folder.ts';

export interface SimulateOptions {
  /** `NAME[,purity=X][,port=N]` each. */
  readonly arrays: readonly string[];
  /** `FROM:TO[:sync]` each. */
  readonly connections: readonly string[];
  readonly controlPort: number;
  /** Folder for certificates, the arrays' state, and the address file. */
  readonly state: string;
  readonly seed: number;
  readonly logRequests: boolean;
  /** End when standard input ends: a parent that dies takes the simulator with it. */
  readonly untilStdinEnds: boolean;
}

/** What `simulate` leaves in its state folder for other commands; holds no secrets. */
export interface SimulatorAddresses {
  readonly controlUrl: string;
  readonly caFile: string;
  readonly arrays: readonly {
    readonly name: string;
    readonly address: string;
    readonly restVersions: readonly string[];
  }[];
}

/** Name of the address file in a simulator's state folder. */
export const addressFileName = 'simulator.json';

/** @throws CommandError naming the part that is wrong */
export function parseArrayOption(text: string): SimulatedArrayOptions {
  const [name = '', ...settings] = text.split(',');
  const wrong = (rule: string): CommandError =>
    new CommandError(
      exitCode.usage,
      `--array ${text}: ${rule}`,
      'For example: --array fa1,purity=6.4.10,port=8443',
    );
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]{0,54}[A-Za-z0-9])?$/.test(name)) {
    throw wrong('the array name must be 1 to 56 letters, digits or dashes');
  }
  let options: SimulatedArrayOptions = { name };
  for (const setting of settings) {
    const [key, value = ''] = setting.split('=');
    switch (key) {
      case 'purity':
        options = { ...options, purityVersion: value };
        break;
      case 'rest':
        options = { ...options, restVersions: value.split('+') };
        break;
      case 'port': {
        const port = Number(value);
        if (!Number.isInteger(port) || port < 0 || port > 65_535) {
          throw wrong('port must be 0 to 65535');
        }
        options = { ...options, port };
        break;
      }
      default:
        throw wrong(`unknown setting "${key}"; known are purity, rest, port`);
    }
  }
  return options;
}

/** @throws CommandError */
function parseConnectOption(text: string): ReturnType<typeof parseArrayConnection> {
  try {
    return parseArrayConnection(text);
  } catch (error) {
    throw new CommandError(
      exitCode.usage,
      `--connect ${text}: ${error instanceof Error ? error.message : String(error)}`,
      'For example: --connect fa1:fa2:sync',
      error,
    );
  }
}

/** Starts simulated arrays and writes the address file. */
export async function openSimulator(
  options: SimulateOptions,
  log: (line: string) => void,
): Promise<RunningSimulator> {
  const arrays = options.arrays.map(parseArrayOption);
  const connections = options.connections.map(parseConnectOption);
  await makeStateFolder(options.state);
  try {
    const simulator = await startSimulator({
      arrays,
      connections,
      controlPort: options.controlPort,
      seed: options.seed,
      tlsDirectory: join(options.state, 'tls'),
      stateFile: join(options.state, 'arrays.json'),
      onStorageFailure: (error) => log(`${error.message}: ${String(error.cause)}`),
      ...(options.logRequests ? { log: (entry) => log(JSON.stringify(entry)) } : {}),
    });
    const addresses: SimulatorAddresses = {
      controlUrl: simulator.controlUrl,
      caFile: simulator.caFile ?? '',
      arrays: simulator.arrays.map(({ name, address, restVersions }) => ({ name, address, restVersions })),
    };
    const file = join(options.state, addressFileName);
    await writeFile(file, `${JSON.stringify(addresses, null, 2)}\n`);
    await chmod(file, 0o600);
    return simulator;
  } catch (error) {
    throw error instanceof SimulatorError ? commandErrorOf(error) : error;
  }
}

/** What is wrong with the options, or in the way; the simulator's words. */
function commandErrorOf(error: SimulatorError): CommandError {
  const reason = error.cause instanceof Error ? error.cause.message : '';
  if (systemCode(error.cause) === 'EADDRINUSE') {
    return new CommandError(
      exitCode.busy,
      `A port of the simulator is taken: ${reason}`,
      'Is another simulator running? Give each array another port: --array fa1,port=9443',
      error,
    );
  }
  return error.code === 'invalid'
    ? new CommandError(exitCode.usage, error.message, 'See: cinder-flasharray simulate --help', error)
    : new CommandError(exitCode.failure, `${error.message}: ${reason}`, null, error);
}

/** @throws CommandError when no simulator has written its addresses there */
export async function readAddresses(state: string): Promise<SimulatorAddresses> {
  const file = join(state, addressFileName);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CommandError(
      exitCode.failure,
      `No simulator has left its addresses in ${file}.`,
      'Start one with `npm start` or `cinder-flasharray simulate`, or name its state folder with --state.',
      error,
    );
  }
  if (!isAddresses(parsed)) {
    throw new CommandError(exitCode.failure, `${file} is not a simulator's address file.`);
  }
  return parsed;
}

function isAddresses(value: unknown): value is SimulatorAddresses {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'controlUrl') === 'string' &&
    Array.isArray(Reflect.get(value, 'arrays'))
  );
}

/** How `pureadmin` is called for the arrays in that folder, from the folder of the project. */
function pureadminLine(state: string): string {
  return state === simulatorFolder(defaultStateFolder())
    ? 'npx pureadmin'
    : `npx pureadmin --state ${state.includes(' ') ? `'${state}'` : state}`;
}

/** Runs until a signal, or the end of standard input where that was asked for. */
export async function simulate(options: SimulateOptions, io: CommandIo): Promise<number> {
  const simulator = await openSimulator(options, io.error);
  if (io.interactive) {
    io.out('Simulated FlashArrays:');
    for (const { name, address, restVersions } of simulator.arrays) {
      io.out(`  ${name.padEnd(12)} https://${address}   REST ${restVersions[0]} to ${restVersions.at(-1)}`);
    }
    io.out(`  control      ${simulator.controlUrl}`);
    io.out(`  certificate  ${simulator.caFile}`);
    io.out(`  state        ${options.state}`);
    io.out('');
    io.out(`Make an API token:  ${pureadminLine(options.state)} create --api-token pureuser`);
    io.out('Ctrl-C ends it.');
  } else {
    io.out(
      JSON.stringify({
        event: 'ready',
        controlUrl: simulator.controlUrl,
        caFile: simulator.caFile,
        arrays: simulator.arrays.map(({ name, address }) => ({ name, address })),
      }),
    );
  }
  await Promise.race([io.stopped, ...(options.untilStdinEnds ? [io.stdinEnded()] : [])]);
  await simulator.close();
  return exitCode.ok;
}
