import type { Secret } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { Credentials, SessionWords } from '../http/session-http.ts';
import type { HttpReply } from '../http/transport.ts';
import { tryJson } from '../http/try-json.ts';
import { rest2Refusal } from './error-table.ts';

/** Sessions of REST 2.x: `POST login` with the API token gives the header `x-auth-token`; `POST logout` ends it. */
export function rest2Session(apiToken: Secret): SessionWords {
  return {
    login: {
      method: 'POST',
      path: '/login',
      operation: 'POST login',
      headers: { 'api-token': apiToken.expose() },
      harmless: true,
    },
    logout: { method: 'POST', path: '/logout', operation: 'POST logout', harmless: true },
    credentials,
    user: userName,
    renewed: () => null,
    refusal: rest2Refusal,
  };
}

const loginReply = z.object({ items: z.tuple([z.object({ username: z.string().min(1) })], z.unknown()) });

function userName(reply: HttpReply): string | null {
  return loginReply.safeParse(tryJson(reply.text)).data?.items[0].username ?? null;
}

function credentials(reply: HttpReply): Credentials | null {
  const token = reply.headers['x-auth-token'];
  return typeof token === 'string' && token !== '' ? { 'x-auth-token': token } : null;
}
