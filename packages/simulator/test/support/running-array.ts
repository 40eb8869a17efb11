import { Agent, request } from 'node:https';
import { onTestFinished } from 'vitest';
import type {
  RunningArray,
  SimulatedArrayOptions,
  SimulatorControl,
  SimulatorLogEntry,
  SimulatorOptions,
} from '../../src/index.ts';
import { startSimulator } from '../../src/index.ts';

/** What an array answered. `json` is undefined when the body is empty or not JSON. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
};

/** A client without opinions: sends what it is told, over verified TLS, on any number of connections. */
export type RawClient = (
  method: string,
  path: string,
  options?: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  },
) => Promise<Answer>;

/** Ways to talk to one array. */
export type ArrayClients = {
  readonly address: string;
  readonly token: string;
  /** Paths from `/` on. */
  readonly send: RawClient;
  /** Logs in; paths behind `/api/2.N/`. */
  readonly rest2: (version: string) => Promise<RawClient>;
  /** Logs in; paths behind `/api/1.N/`. As the vendor's client: a 200 that sets no cookie empties the jar. */
  readonly rest1: (version: string) => Promise<RawClient>;
};

export type RunningTestArray = ArrayClients & {
  readonly control: SimulatorControl;
  readonly log: SimulatorLogEntry[];
};

/** An array `fa1` with a clock that stands at the start of 2026; closed when the test is over. */
export async function aRunningArray(
  options: Omit<SimulatedArrayOptions, 'name'> = {},
): Promise<RunningTestArray> {
  const { array, control, log } = await runningArrays({ arrays: [{ name: 'fa1', ...options }] });
  return { ...array('fa1'), control, log };
}

/** Arrays of one simulator with a clock that stands at the start of 2026; closed when the test is over. */
export async function runningArrays(options: SimulatorOptions): Promise<{
  readonly control: SimulatorControl;
  readonly controlUrl: string;
  readonly log: SimulatorLogEntry[];
  readonly array: (name: string) => ArrayClients;
  /** Ends the simulator before the test is over. */
  readonly close: () => Promise<void>;
}> {
  const log: SimulatorLogEntry[] = [];
  const simulator = await startSimulator({
    clock: { startAt: '2026-01-01T00:00:00Z' },
    log: (entry) => log.push(entry),
    ...options,
  });
  const agent = new Agent({ ca: simulator.caCertificate, keepAlive: true });
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    agent.destroy();
    await simulator.close();
  };
  onTestFinished(close);
  return {
    control: simulator.control,
    controlUrl: simulator.controlUrl,
    log,
    close,
    array: (name) => {
      const array = simulator.arrays.find((candidate) => candidate.name === name);
      if (array === undefined) throw new Error(`the simulator has no array ${name}`);
      return clientsOf(agent, array);
    },
  };
}

function clientsOf(agent: Agent, array: RunningArray): ArrayClients {
  const send: RawClient = (method, path, { body, headers, signal } = {}) =>
    exchange(agent, array.address, method, path, body, headers ?? {}, signal);
  const token = Object.values(array.apiTokens)[0] ?? '';
  return {
    address: array.address,
    token,
    send,
    rest2: async (version) => {
      const login = await send('POST', `/api/${version}/login`, { headers: { 'api-token': token } });
      const session = String(login.headers['x-auth-token']);
      return (method, path, more = {}) =>
        send(method, `/api/${version}/${path}`, {
          ...more,
          headers: { 'x-auth-token': session, ...more.headers },
        });
    },
    rest1: async (version) => {
      let cookie = '';
      const keep = (answer: Answer): Answer => {
        if (answer.status === 200) cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
        return answer;
      };
      const base = `/api/${version}/`;
      keep(await send('POST', `${base}auth/session`, { body: { api_token: token } }));
      return async (method, path, more = {}) =>
        keep(await send(method, `${base}${path}`, { ...more, headers: { cookie, ...more.headers } }));
    },
  };
}

function exchange(
  agent: Agent,
  address: string,
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const sent = request(
      `https://${address}${path}`,
      {
        agent,
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          'content-length': Buffer.byteLength(text),
          ...headers,
        },
        ...(signal === undefined ? {} : { signal }),
      },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => parts.push(part));
        reply.on('error', reject);
        reply.on('end', () => {
          if (!reply.complete) return;
          const received = Buffer.concat(parts).toString('utf8');
          resolve({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            text: received,
            json: parse(received),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
