import type { Secret } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { Credentials, SessionWords } from '../http/session-http.ts';
import type { HttpReply } from '../http/transport.ts';
import { tryJson } from '../http/try-json.ts';
import { rest1Refusal } from './error-table.ts';

/**
 * Sessions of REST 1.x (section 1.3): `POST auth/session` with the API token sets the cookie `session`, later answers
 * may set another; `DELETE auth/session` ends it.
 */
export function rest1Session(apiToken: Secret): SessionWords {
  const path = '/auth/session';
  return {
    login: {
      method: 'POST',
      path,
      operation: 'POST auth/session',
      body: JSON.stringify({ api_token: apiToken.expose() }),
      harmless: true,
    },
    logout: { method: 'DELETE', path, operation: 'DELETE auth/session', harmless: true },
    credentials: sessionCookie,
    user: userName,
    renewed: sessionCookie,
    refusal: rest1Refusal,
  };
}

const loginReply = z.object({ username: z.string().min(1) });

function userName(reply: HttpReply): string | null {
  return loginReply.safeParse(tryJson(reply.text)).data?.username ?? null;
}

/** The cookie that an answer sets, as it goes back to the array; null when it sets none. */
function sessionCookie(reply: HttpReply): Credentials | null {
  const header = reply.headers['set-cookie'] ?? [];
  const cookies = Array.isArray(header) ? header : [header];
  const pairs = cookies.map((cookie) => cookie.split(';', 1)[0]?.trim() ?? '');
  const pair = pairs.findLast((candidate) => /^session=./.test(candidate));
  return pair === undefined ? null : { cookie: pair };
}
