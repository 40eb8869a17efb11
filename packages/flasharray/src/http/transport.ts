import type { IncomingHttpHeaders } from 'node:http';
import type { TlsVerification } from './trust.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One HTTP request to an array. */
export interface HttpRequest {
  readonly method: HttpMethod;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, or null for none. */
  readonly body: string | null;
}

/** A complete answer, whatever its status. */
export interface HttpReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface TransportOptions {
  /** `https://host:port` */
  readonly origin: string;
  readonly tls: TlsVerification;
  /** Milliseconds until TCP and TLS handshakes are done. */
  readonly connectTimeout: number;
  /** Milliseconds until the headers come, and between parts of the body. */
  readonly idleTimeout: number;
}

/** What carries requests to one array: sockets, or a simulation of them. */
export interface Transport {
  /**
   * Sends the request exactly once: repeating is decided above.
   * @throws TransportFailure when no complete answer came
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  /** Cuts all connections. */
  destroy(): Promise<void>;
}

/** Makes the transport to one array. */
export type OpenTransport = (options: TransportOptions) => Transport;

/** More parallel calls than this wait for a free connection; arrays serve few management sessions at a time. */
export const maxConnections = 16;
