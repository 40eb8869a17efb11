import type { Secret } from '@cinder-flasharray/common';
import type { SessionProtocol } from '../http/session-http.ts';
import type { RestVersion } from '../negotiate.ts';

export function rest1Session(_version: RestVersion, _apiToken: Secret): SessionProtocol {
  throw new Error('not implemented');
}
