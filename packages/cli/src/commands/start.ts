import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectControl } from '@cinder-flasharray/simulator';
import { describeState } from '@cinder-flasharray/volume-manager';
import type { CommandIo } from '../command-io.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { createLogger } from '../logging/create-logger.ts';
import { Service } from '../service/service.ts';
import { simulatorFolder } from '../state-folder.ts';
import { backendsNotUp, conditionsByHost, loadConfig } from './serve.ts';
import { readAddresses, type SimulatorAddresses } from './simulate.ts';

export interface StartOptions {
  readonly fresh: boolean;
  readonly state: string;
  readonly port: number;
  readonly arrayPort: number;
  /** One back end, on the first array, that replicates to the second; null: a back end on each. */
  readonly replication: 'async' | 'sync' | null;
}

/** User of the simulated arrays whose token the service uses. */
const arrayUser = 'pureuser';
const arrays = ['fa1', 'fa2'] as const;

/** Two simulated arrays in a process of their own, and the service on both. Ends with a signal. */
export async function start(options: StartOptions, io: CommandIo): Promise<number> {
  if (options.fresh) {
    await rm(options.state, { recursive: true, force: true });
  }
  await mkdir(options.state, { recursive: true, mode: 0o700 });
  const simulator = spawnSimulator(options);
  try {
    await untilReady(simulator);
    const addresses = await readAddresses(simulatorFolder(options.state));
    const configFile = await ensureConfig(options, addresses);
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

/** A session of its own: a terminal's Ctrl-C must not end the arrays before the service has let go of them. */
function spawnSimulator(options: StartOptions): ChildProcess {
  const parameters = arrays.flatMap((name, index) => [
    '--array',
    `${name},port=${options.arrayPort + index}`,
  ]);
  return spawn(
    process.execPath,
    [
      join(import.meta.dirname, '..', 'main.ts'),
      'simulate',
      ...parameters,
      '--connect',
      `${arrays.join(':')}:sync`,
      '--state',
      simulatorFolder(options.state),
      '--until-stdin-ends',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
}

async function untilReady(simulator: ChildProcess): Promise<void> {
  if (simulator.stdout === null) {
    throw new TypeError('the simulator was started without a pipe');
  }
  for await (const line of createInterface({ input: simulator.stdout })) {
    if (line.includes('"event":"ready"')) {
      return;
    }
  }
  throw new CommandError(
    exitCode.busy,
    'The simulated arrays did not start; see above.',
    'Is another `npm start` running? Choose other ports with: npm start -- --array-port 9443 --port 9776',
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

/** Written at the first start, with a token made as an operator would; later starts keep what is there. */
async function ensureConfig(options: StartOptions, addresses: SimulatorAddresses): Promise<string> {
  const file = join(options.state, 'cinder.conf');
  try {
    await access(file);
    return file;
  } catch {
    // The first start.
  }
  const control = connectControl(addresses.controlUrl);
  const found = [];
  for (const { name, address } of addresses.arrays) {
    const existing = await control.listApiTokens(name, { user: arrayUser, expose: true });
    const token = existing[0]?.token ?? (await control.createApiToken(name, arrayUser)).token;
    found.push({ name, address, token });
  }
  const { replication } = options;
  const primaries = replication === null ? found : found.slice(0, 1);
  const targets = replication === null ? [] : found.slice(1);
  const sections = primaries.map(({ name, address, token }) =>
    [
      `[${name}]`,
      `volume_backend_name = ${name}`,
      'volume_driver = cinder.volume.drivers.pure.PureISCSIDriver',
      `san_ip = ${address}`,
      `pure_api_token = ${token}`,
      'driver_ssl_cert_verify = True',
      `driver_ssl_cert_path = ${addresses.caFile}`,
      'use_chap_auth = True',
      'use_multipath_for_image_xfer = True',
      ...targets.map(
        (target) =>
          `replication_device = backend_id:${target.name},san_ip:${target.address},api_token:${target.token},type:${replication},uniform:${replication === 'sync'},ssl_cert_verify:true,ssl_cert_path:${addresses.caFile}`,
      ),
    ].join('\n'),
  );
  const text = `${[
    [
      '[DEFAULT]',
      `enabled_backends = ${primaries.map(({ name }) => name).join(',')}`,
      `default_volume_type = ${addresses.arrays[0]?.name ?? ''}`,
      'osapi_volume_listen = 127.0.0.1',
      `osapi_volume_listen_port = ${options.port}`,
      'host = standalone',
      `state_path = ${options.state}`,
    ].join('\n'),
    ...sections,
  ].join('\n\n')}\n`;
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function announce(
  options: StartOptions,
  addresses: SimulatorAddresses,
  configFile: string,
  service: Service,
  io: CommandIo,
): Promise<void> {
  const url = `http://127.0.0.1:${options.port}`;
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
