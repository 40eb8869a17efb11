import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectControl, type SimulatorControl } from '@cinder-flasharray/simulator';

const main = join(import.meta.dirname, '..', 'src', 'main.ts');

/** A command of ours in a process of its own, with what it printed. */
export interface Running {
  readonly child: ChildProcess;
  /** Everything on both outputs, line by line. */
  readonly output: string[];
  /** The first JSON line with this event. */
  event(name: string): Promise<Readonly<Record<string, unknown>>>;
}

/** @param script the command's own file; of another release, for example */
export function run(parameters: readonly string[], script = main): Running {
  const child = spawn(process.execPath, [script, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  const events = new Map<string, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  const slot = (name: string): PromiseWithResolvers<Readonly<Record<string, unknown>>> => {
    const known = events.get(name) ?? Promise.withResolvers();
    events.set(name, known);
    return known;
  };
  createInterface({ input: child.stderr }).on('line', (line) => output.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.push(line);
    if (line.startsWith('{')) {
      const parsed: Readonly<Record<string, unknown>> = JSON.parse(line);
      slot(String(parsed.event)).resolve(parsed);
    }
  });
  void once(child, 'exit').then(([code, signal]) => {
    for (const waiting of events.values()) {
      waiting.promise.catch(() => undefined);
      waiting.reject(new Error(`ended with ${code ?? signal}:\n${output.join('\n')}`));
    }
  });
  return { child, output, event: (name) => slot(name).promise };
}

export async function kill(running: Running, signal: NodeJS.Signals): Promise<void> {
  if (running.child.exitCode === null && running.child.signalCode === null) {
    const exited = once(running.child, 'exit');
    running.child.kill(signal);
    await exited;
  }
}

export const project = '0123456789abcdef0123456789abcdef';

/** Where an array is found, and what a client needs to be let in. */
export interface ArrayAccess {
  /** `host:port`. */
  readonly address: string;
  readonly token: string;
  /** Certificate of the authority, PEM. */
  readonly caFile: string;
}

/** The service on a folder of its own, to be started and killed. One array is its only back end. */
export interface ServicePlace {
  /** The service's own; nobody else may open it while a service runs. */
  readonly databasePath: string;
  /** All that were started so far. */
  readonly services: readonly Running[];
  /** Starts the service, and does not wait for it. */
  beginService(): Running;
  /** Starts the service and waits until unfinished work is done. */
  startService(): Promise<Service>;
  /** Ends what still runs. */
  killAll(): Promise<void>;
}

/** A simulated array in a process of its own, and a service to be started and killed beside it. */
export interface Laboratory {
  readonly control: SimulatorControl;
  /** Everything any process printed so far. */
  readonly output: string[];
  /** API token of the array. */
  readonly token: string;
  /** Starts the service, and does not wait for it. */
  beginService(): Running;
  /** Starts the service and waits until unfinished work is done. */
  startService(): Promise<Service>;
  close(): Promise<void>;
}

export interface Service {
  readonly running: Running;
  /** Whether it says of itself that it can work: its back end is in service. */
  isHealthy(): Promise<boolean>;
  /** A request below `/v3/{project}`. */
  request(method: string, path: string, body?: unknown): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** @param array options of `simulate --array` after the name */
export async function openLaboratory(array: string): Promise<Laboratory> {
  const folder = await mkdtemp(join(tmpdir(), 'crash lab '));
  const output: string[] = [];
  const simulator = run([
    'simulate',
    '--array',
    `fa1${array}`,
    '--state',
    join(folder, 'simulator'),
    '--log-requests',
  ]);
  const ready = await simulator.event('ready');
  const control = connectControl(String(ready.controlUrl));
  const [row] = await control.listApiTokens('fa1', { user: 'pureuser', expose: true });
  const token = row?.token ?? '';
  const address = Array.isArray(ready.arrays) ? String(Reflect.get(Object(ready.arrays[0]), 'address')) : '';
  const place = await prepareService(
    folder,
    { address, token, caFile: String(ready.caFile) },
    'debug = True',
  );
  return {
    control,
    token,
    output,
    beginService: place.beginService,
    startService: place.startService,
    close: async () => {
      await place.killAll();
      await kill(simulator, 'SIGTERM');
      output.push(...simulator.output, ...place.services.flatMap((service) => service.output));
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * Writes the configuration of a service.
 * @param general lines of the section `[DEFAULT]`, besides those that are always there
 */
export async function prepareService(
  folder: string,
  { address, token, caFile }: ArrayAccess,
  general: string,
): Promise<ServicePlace> {
  const config = join(folder, 'cinder.conf');
  await writeFile(
    config,
    `[DEFAULT]
enabled_backends = puredriver-1
default_volume_type = puredriver-1
osapi_volume_listen_port = 0
host = node1
state_path = ${join(folder, 'state')}
${general}

[puredriver-1]
volume_backend_name = puredriver-1
volume_driver = cinder.volume.drivers.pure.PureISCSIDriver
san_ip = ${address}
pure_api_token = ${token}
driver_ssl_cert_verify = True
driver_ssl_cert_path = ${caFile}
use_chap_auth = True
`,
  );
  const services: Running[] = [];
  const beginService = (): Running => {
    const running = run(['serve', '--config-file', config]);
    services.push(running);
    return running;
  };
  return {
    databasePath: join(folder, 'state', 'cinder.sqlite'),
    services,
    beginService,
    startService: async () => {
      const running = beginService();
      const { url } = await running.event('listening');
      await running.event('ready');
      return {
        running,
        isHealthy: async () => (await fetch(`${String(url)}/healthcheck`)).status === 200,
        request: (method, path, body) => request(String(url), method, path, body),
      };
    },
    killAll: async () => {
      await Promise.all(services.map((service) => kill(service, 'SIGKILL')));
    },
  };
}

/** A request of an administrator below `/v3/{project}` of the service at this URL. */
export async function request(url: string, method: string, path: string, body: unknown): Promise<Reply> {
  const reply = await fetch(`${url}/v3/${project}${path}`, {
    method,
    headers: {
      'X-Auth-Token': `me:${project}`,
      'OpenStack-API-Version': 'volume 3.65',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const parsed: Readonly<Record<string, unknown>> = text === '' ? {} : JSON.parse(text);
  return { status: reply.status, body: parsed };
}

/** Asks again until the answer is there; the work goes on in another process. */
export async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== null) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what} did not happen within 20 s`);
    }
    await new Promise(setImmediate);
  }
}
