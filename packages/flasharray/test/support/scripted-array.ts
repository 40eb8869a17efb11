import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

const tls = join(import.meta.dirname, 'tls');

/** Files for the trust tests; see tls/README.md. */
export const certificateFiles = {
  ca: join(tls, 'ca.pem'),
  otherCa: join(tls, 'other-ca.pem'),
  directory: tls,
};

/** A request that reached the scripted array. */
export interface Received {
  readonly method: string;
  /** `volumes`, without version and query. */
  readonly resource: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers, or ruins, one request; `undefined` leaves it to the next rule. */
type Script = (request: Received, response: ServerResponse, socket: Duplex) => 'handled' | undefined;

export interface ScriptedArray {
  readonly address: string;
  readonly received: readonly Received[];
  /** Requests of a kind: `POST volumes`. */
  readonly count: (operation: string) => number;
  /** TCP connections made so far. */
  readonly connections: () => number;
  /** From now on this comes before what an array would answer. */
  readonly script: (script: Script) => void;
  /** The sessions given so far are not valid any more. */
  readonly expireSessions: () => void;
  readonly close: () => Promise<void>;
}

export const apiToken = '3b0c7c0e-5f0e-4b3a-8c55-0d6f1b1f7a11';

/** Answers with JSON. */
export function reply(response: ServerResponse, body: unknown, status = 200): 'handled' {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return 'handled';
}

/**
 * An HTTPS server that answers as a REST 2.26 array would, as far as these tests go, with faults on demand that the
 * simulator does not have.
 */
export async function startScriptedArray(): Promise<ScriptedArray> {
  const received: Received[] = [];
  const sockets = new Set<Duplex>();
  const sessions = new Set<string>();
  let script: Script = () => undefined;
  let connections = 0;

  const server = createServer(
    { key: readFileSync(join(tls, 'server.key')), cert: readFileSync(join(tls, 'server.pem')) },
    async (message, response) => {
      const request = await receive(message);
      received.push(request);
      if (script(request, response, message.socket) === undefined) {
        answer(request, response, sessions);
      }
    },
  );
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${portOf(server.address())}`,
    received,
    count: (operation) =>
      received.filter((request) => `${request.method} ${request.resource}` === operation).length,
    connections: () => connections,
    script: (next) => {
      script = next;
    },
    expireSessions: () => sessions.clear(),
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function receive(message: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(Buffer.from(chunk));
  }
  const url = new URL(message.url ?? '/', 'https://array');
  return {
    method: message.method ?? '',
    resource: url.pathname.replace(/^\/api\/(\d+\.\d+\/)?/, ''),
    url,
    headers: message.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

/** One volume as REST 2.26 gives it (REST 2.x section 7.1). */
export const volumeRow = {
  name: 'v1',
  serial: '5D1A44C0E2B94A7F0001140B',
  provisioned: 1_073_741_824,
  created: 1_760_000_000_000,
  destroyed: false,
  connection_count: 0,
  source: { id: null, name: null },
};

let serial = 0;

function answer(request: Received, response: ServerResponse, sessions: Set<string>): void {
  if (request.resource === 'api_version') {
    reply(response, { version: ['1.19', '2.26'] });
    return;
  }
  if (request.resource === 'login') {
    if (request.headers['api-token'] !== apiToken) {
      reply(response, { errors: [{ context: null, message: 'Invalid API token.' }] }, 401);
      return;
    }
    serial += 1;
    const session = `session-${serial}`;
    sessions.add(session);
    response.setHeader('x-auth-token', session);
    reply(response, { items: [{ username: 'pureuser' }] });
    return;
  }
  if (!sessions.has(String(request.headers['x-auth-token']))) {
    reply(response, { errors: [{ context: null, message: 'Invalid or expired session.' }] }, 401);
    return;
  }
  if (request.resource === 'arrays') {
    const id = '5d1a44c0-e2b9-4a7f-9d0e-1f2a3b4c5d6e';
    reply(response, { items: [{ id, name: 'fa-a', version: '6.4.10' }] });
    return;
  }
  if (request.method === 'DELETE' || request.resource === 'logout') {
    response.writeHead(200).end();
    return;
  }
  reply(response, { items: [volumeRow], more_items_remaining: false });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') {
    throw new TypeError('the server does not listen on TCP');
  }
  return address.port;
}
