import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { SimulatorError } from '../errors.ts';
import type { ApiReply } from '../http/messages.ts';
import { isOwnHost } from '../http/own-host.ts';
import { toApiRequest, type WireRequest } from '../http/wire-request.ts';
import type { KeyedCertificate } from '../tls/certificates.ts';
import type { ArrayListener } from './array-listener.ts';
import type { SimulatedArray } from './simulated-array.ts';

/** The longest body taken. */
const mostBodyBytes = 8 * 1024 ** 2;
/** Milliseconds for which a connection without a request counts as arriving. */
const arrivalMs = 1000;

/** The HTTPS side of an array. */
export class ArrayServer implements ArrayListener {
  readonly #host: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections that have not sent a request yet, by the client's port, with the time they came. */
  readonly #silent = new Map<string, number>();
  #receiving = 0;
  #port: number;
  #array: SimulatedArray | null = null;

  constructor(host: string, port: number, server: KeyedCertificate) {
    this.#host = host;
    this.#port = port;
    this.#server = createServer({ cert: server.certificate, key: server.key }, (request, response) => {
      void this.#serve(request, response);
    });
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    // Idle clients keep their connection: it is the simulated clock that ends sessions.
    this.#server.keepAliveTimeout = 0;
    this.#server.requestTimeout = 0;
  }

  /** `127.0.0.1:port`, an IPv6 address in brackets. */
  get address(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `${host}:${this.#port}`;
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Connections and requests that have begun and are not parsed yet. */
  arriving(): number {
    const recent = performance.now() - arrivalMs;
    let count = this.#receiving;
    for (const since of this.#silent.values()) if (since > recent) count += 1;
    return count;
  }

  /** Starts listening; the port stays the same after a stop. @throws SimulatorError `invalid` */
  async listen(array: SimulatedArray): Promise<void> {
    this.#array = array;
    if (this.#server.listening) return;
    this.#server.listen(this.#port, this.#host);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      throw new SimulatorError('invalid', `cannot listen on ${this.address}`, { cause: error });
    }
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Stops listening and resets all connections. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    const key = clientKey(socket);
    this.#silent.set(key, performance.now());
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#silent.delete(key);
    });
    socket.on('error', () => socket.destroy());
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#silent.delete(clientKey(request.socket));
    const left = Promise.withResolvers<'gone'>();
    response.once('close', () => left.resolve('gone'));
    this.#receiving += 1;
    let text: string | null;
    try {
      text = await readBody(request);
    } catch {
      // The client left while it was sending.
      return;
    } finally {
      this.#receiving -= 1;
    }
    if (!isOwnHost(request.headers.host, this.#host)) {
      response.writeHead(421).end();
      return;
    }
    if (text === null || this.#array === null) {
      response.writeHead(413).end();
      return;
    }
    const outcome = await this.#array.serve(toApiRequest(wireRequest(request, text)), left.promise);
    switch (outcome.kind) {
      case 'reply':
        send(response, outcome.reply, outcome.half);
        return;
      case 'cut':
        request.socket.destroy();
        return;
      case 'silence':
        return;
    }
  }
}

function send(response: ServerResponse, reply: ApiReply, half: boolean): void {
  const body = Buffer.from(reply.body ?? '', 'utf8');
  if (!half) {
    response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length });
    response.end(body);
    return;
  }
  // More is promised than sent, so that an empty reply is cut short too.
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Math.max(body.length, 2) });
  response.write(body.length === 0 ? ' ' : body.subarray(0, Math.ceil(body.length / 2)), () => {
    response.socket?.destroy();
  });
}

function wireRequest(request: IncomingMessage, body: string): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: request.method ?? 'GET', path: request.url ?? '/', headers, body };
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > mostBodyBytes) return null;
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

function clientKey(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}`;
}
