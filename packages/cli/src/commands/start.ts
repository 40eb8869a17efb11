import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describeState } from '@cinder-flasharray/volume-manager';
import type { CommandIo } from '../command-io.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { createLogger } from '../logging/create-logger.ts';
import { Service } from '../service/service.ts';
import { simulatorFolder } from '../state-folder.ts';
import { makeStateFolder } from './make-state-folder.ts';
import { backendsNotUp, conditionsByHost, loadConfig } from './serve.ts';
import { readAddresses, type SimulatorAddresses } from './simulate.ts';
import { type EarlierStart, earlierStart, movePorts, writeConfig } from './start-config.ts';

export interface StartOptions {
  readonly fresh: boolean;
  readonly state: string;
  /** Of the API; null: that of the first start, or 8776. */
  readonly port: number | null;
  /** Of the first array, the second has the next one; null: those of the first start, or 8443 and 8444. */
  readonly arrayPort: number | null;
  /** One back end, on the first array, that replicates to the second; null: a back end on each. */
  readonly replication: 'async' | 'sync' | null;
}

const arrays = ['fa1', 'fa2'] as const;
const defaultArrayPort = 8443;

/** Two simulated arrays in a process of their own, and the service on both. Ends with a signal. */
export async function start(options: StartOptions, io: CommandIo): Promise<number> {
  const earlier = options.fresh ? null : await earlierStart(options.state);
  if (earlier !== null) {
    requireSameReplication(options, earlier);
  }
  if (options.fresh) {
    await rm(options.state, { recursive: true, force: true });
  }
  await makeStateFolder(options.state);
  const simulator = spawnSimulator(options.state, portsOf(options, earlier));
  try {
    await untilReady(simulator, io);
    const addresses = await readAddresses(simulatorFolder(options.state));
    const configFile =
      earlier === null ? await writeConfig(options, addresses) : await movePorts(earlier, options, addresses);
    const config = await loadConfig({ configFiles: [configFile] }, io);
    const logger = createLogger({ level: config.debug ? 'debug' : 'warn', pretty: io.interactive });
    const service = await Service.open(config, logger);
    try {
      await service.manager.started;
      await announce(options, addresses, configFile, service, io);
      await Promise.race([io.stopped, once(simulator, 'exit')]);
    } finally {
      await service.close();
    }
    return exitCode.ok;
  } finally {
    await end(simulator);
  }
}

/** @throws CommandError when the kind of replication is another one than that of the first start */
function requireSameReplication({ state, replication }: StartOptions, earlier: EarlierStart): void {
  if (replication === null || replication === earlier.replication) {
    return;
  }
  const was =
    earlier.replication === null ? 'without replication' : `with --replication ${earlier.replication}`;
  throw new CommandError(
    exitCode.usage,
    `The state in ${state} was made ${was}: --replication ${replication} cannot change that.`,
    `Start over with: npm start -- --fresh --replication ${replication}\nOr keep it, and use another folder: npm start -- --state FOLDER --replication ${replication}`,
  );
}

/** Ports of the arrays: those that were asked for, else those of the first start. */
function portsOf({ arrayPort }: StartOptions, earlier: EarlierStart | null): readonly number[] {
  return arrays.map((name, index) => {
    const own = arrayPort === null ? earlier?.arrayPorts.get(name) : undefined;
    return own ?? (arrayPort ?? defaultArrayPort) + index;
  });
}

/** A session of its own: a terminal's Ctrl-C must not end the arrays before the service has let go of them. */
function spawnSimulator(state: string, ports: readonly number[]): ChildProcess {
  const parameters = arrays.flatMap((name, index) => ['--array', `${name},port=${ports[index]}`]);
  return spawn(
    process.execPath,
    [
      join(import.meta.dirname, '..', 'main.ts'),
      'simulate',
      ...parameters,
      '--connect',
      `${arrays.join(':')}:sync`,
      '--state',
      simulatorFolder(state),
      '--until-stdin-ends',
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
}

/** Hands on what the arrays' process says. @throws CommandError with its reason when it ends before it is ready */
async function untilReady(simulator: ChildProcess, io: CommandIo): Promise<void> {
  const { stdout, stderr } = simulator;
  if (stdout === null || stderr === null) {
    throw new TypeError('the simulator was started without pipes');
  }
  const ended = once(simulator, 'close');
  const said: string[] = [];
  let isReady = false;
  createInterface({ input: stderr }).on('line', (line) => {
    if (isReady) {
      io.error(line);
    } else {
      said.push(line);
    }
  });
  for await (const line of createInterface({ input: stdout })) {
    if (line.includes('"event":"ready"')) {
      isReady = true;
      for (const early of said) {
        io.error(early);
      }
      return;
    }
  }
  await ended;
  const [reason = 'The simulated arrays did not start.', ...advice] = said;
  const isPort = simulator.exitCode === exitCode.busy;
  const told = advice.length === 0 ? null : advice.join('\n');
  throw new CommandError(
    simulator.exitCode ?? exitCode.failure,
    reason.replace(/^error: /, ''),
    isPort
      ? 'Is another `npm start` running? Choose other ports with: npm start -- --array-port 9443 --port 9776'
      : told,
  );
}

/** Ends the arrays and waits until their state is on disk. */
async function end(simulator: ChildProcess): Promise<void> {
  if (simulator.exitCode !== null || simulator.signalCode !== null) {
    return;
  }
  const ended = once(simulator, 'exit');
  simulator.stdin?.end();
  await ended;
}

async function announce(
  options: StartOptions,
  addresses: SimulatorAddresses,
  configFile: string,
  service: Service,
  io: CommandIo,
): Promise<void> {
  const { url } = service;
  const notUp = await backendsNotUp(service);
  if (!io.interactive) {
    const arraysShown = addresses.arrays.map(({ name, address }) => ({ name, address }));
    io.out(
      JSON.stringify({
        event: 'ready',
        url,
        state: options.state,
        configFile,
        arrays: arraysShown,
        notReady: conditionsByHost(notUp),
      }),
    );
    return;
  }
  const project = '0123456789abcdef0123456789abcdef';
  io.out(`
Block Storage API v3   ${url}/v3   (no authentication, loopback only)
${addresses.arrays.map(({ name, address }) => `simulated array ${name}    https://${address}`).join('\n')}
array certificate      ${addresses.caFile}
array control          ${addresses.controlUrl}
configuration          ${configFile}
state                  ${options.state}

Try, in another terminal:
  export OS_AUTH_TYPE=admin_token OS_ENDPOINT=${url}/v3/${project} OS_TOKEN=me:${project} OS_VOLUME_API_VERSION=3.65
  openstack volume create --size 1 first
  openstack volume list
  curl -s ${url}/healthcheck
  npx pureadmin list --api-token pureuser

Ctrl-C ends everything; the next start finds it again; \`npm start -- --fresh\` starts over.`);
  for (const state of notUp) {
    io.error(`Back end ${describeState(state)}; it is tried again.`);
  }
}
