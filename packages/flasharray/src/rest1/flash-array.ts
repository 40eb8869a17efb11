import type { SessionHttp } from '../http/session-http.ts';
import type { RestVersion } from '../negotiate.ts';
import type { ArrayRoles } from '../roles.ts';

export function rest1Roles(_http: SessionHttp, _version: RestVersion): ArrayRoles {
  throw new Error('not implemented');
}
