import type { Clock, Logger } from '@cinder-flasharray/common';
import {
  ArrayError,
  connectArray,
  type FlashArray,
  type OpenTransport,
  type Timeouts,
} from '@cinder-flasharray/flasharray';
import type { BackendConfig } from '../config/backend-config.ts';
import { driverClasses } from '../config/driver-class.ts';
import type { ArrayPlace } from './backend-arrays.ts';

export interface ConnectPlaceOptions {
  readonly config: BackendConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Uniform in 0 to `below` - 1. */
  readonly randomInteger: (below: number) => number;
  /** Operating system, for the user agent: `Debian GNU/Linux 12 (bookworm)`. */
  readonly platform: string;
  readonly timeouts?: Timeouts;
  /** What carries requests to the arrays; default: HTTPS. */
  readonly openTransport?: OpenTransport;
}

/** Connects to one of a back end's arrays, with the user agent of the documented driver. @throws ArrayError */
export async function connectPlace(
  { config, logger, clock, randomInteger, platform, timeouts, openTransport }: ConnectPlaceOptions,
  { address, apiToken, tls, role }: ArrayPlace,
): Promise<FlashArray> {
  const { name, version } = driverClasses[config.protocol.kind];
  try {
    return await connectArray({
      address,
      apiToken,
      tls,
      userAgent: `OpenStack Cinder ${name}/${version} (${platform})`,
      logger,
      clock,
      random: () => randomInteger(2 ** 32) / 2 ** 32,
      ...(timeouts === undefined ? {} : { timeouts }),
      ...(openTransport === undefined ? {} : { openTransport }),
    });
  } catch (error) {
    throw error instanceof ArrayError && error.code === 'untrusted-certificate'
      ? advised(error, role === 'primary' ? 'driver_ssl_cert_path' : 'ssl_cert_path of replication_device')
      : error;
  }
}

/** @param option where the configuration says whose certificates are trusted */
function advised(error: ArrayError, option: string): ArrayError {
  const message = `${error.message.replace(/\.$/, '')}; ${option} names the CA certificates that are trusted.`;
  const { code, context, array, operation, status, applied } = error;
  return new ArrayError({ code, message, context, array, operation, status, applied, cause: error });
}
