import { type Clock, type Logger, type Secret, silentLogger, systemClock } from '@cinder-flasharray/common';
import { ArrayConnection } from './array-connection.ts';
import { addressOrigin, parseArrayAddress } from './http/address.ts';
import { ArrayHttp } from './http/array-http.ts';
import { defaultTimeouts, type Timeouts } from './http/timeouts.ts';
import type { OpenTransport, TransportOptions } from './http/transport.ts';
import { type TlsTrust, type TlsVerification, TrustError, tlsOptions } from './http/trust.ts';
import { UndiciTransport } from './http/undici-transport.ts';
import { ArrayError, type ArrayErrorCode } from './port/array-error.ts';
import type { CallOptions } from './port/call-options.ts';
import type { FlashArray } from './port/flash-array.ts';

export interface ConnectArrayOptions {
  /** `array.example.com`, `192.0.2.7`, `127.0.0.1:8443`, `[2001:db8::7]:8443`; port 443 unless given. */
  readonly address: string;
  readonly apiToken: Secret;
  readonly tls: TlsTrust;
  readonly timeouts?: Timeouts;
  /** Sent as `User-Agent`. */
  readonly userAgent: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** 0 to 1; for the jitter of retries. */
  readonly random?: () => number;
  /** Default: HTTPS by undici. */
  readonly openTransport?: OpenTransport;
}

/**
 * Asks the array what it speaks, agrees on one REST version, logs in and reads the array's identity. Calls in order:
 * `GET api_version`, login, `GET arrays` (REST 2) or `GET array` (REST 1). Whatever was opened is closed on failure.
 * @throws ArrayError `unreachable` | `untrusted-certificate` (also when the bundle cannot be read) | `timed-out`
 *   | `unauthorized` | `unsupported` | `invalid` (the address is not one) | `cancelled`
 */
export async function connectArray(options: ConnectArrayOptions, call?: CallOptions): Promise<FlashArray> {
  const openTransport = options.openTransport ?? ((to) => new UndiciTransport(to));
  const transport = openTransport(await transportOptions(options));
  const http = new ArrayHttp({
    transport,
    array: options.address,
    userAgent: options.userAgent,
    timeouts: options.timeouts ?? defaultTimeouts,
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  });
  const connection = new ArrayConnection(http, transport, options.apiToken);
  try {
    return await connection.open(call);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function transportOptions(options: ConnectArrayOptions): Promise<TransportOptions> {
  const { address: text } = options;
  const address = parseArrayAddress(text);
  if (address === null) {
    throw connectError(text, 'invalid', `${text} is not the address of an array.`, null);
  }
  const timeouts = options.timeouts ?? defaultTimeouts;
  return {
    origin: addressOrigin(address),
    tls: await trustOf(options),
    connectTimeout: timeouts.connect,
    idleTimeout: timeouts.idle,
  };
}

async function trustOf(options: ConnectArrayOptions): Promise<TlsVerification> {
  try {
    return await tlsOptions(options.tls);
  } catch (error) {
    if (error instanceof TrustError) {
      throw connectError(options.address, 'untrusted-certificate', error.message, error);
    }
    throw error;
  }
}

function connectError(array: string, code: ArrayErrorCode, message: string, cause: unknown): ArrayError {
  return new ArrayError({
    code,
    message,
    context: null,
    array,
    operation: 'connect',
    status: null,
    applied: 'no',
    cause: cause ?? undefined,
  });
}
