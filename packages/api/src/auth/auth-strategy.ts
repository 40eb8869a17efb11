import type { ApiError } from '../http/api-error.ts';

/** Who a request comes from. */
export interface Identity {
  readonly userId: string;
  readonly projectId: string;
  readonly isAdmin: boolean;
}

export type Authentication =
  | { readonly kind: 'identity'; readonly identity: Identity }
  /** Answered at once, with these headers and no body. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly error: ApiError };

/** How requests are authenticated. */
export interface AuthStrategy {
  authenticate(request: {
    readonly token: string | undefined;
    /** `http://127.0.0.1:8776`. */
    readonly endpoint: string;
    readonly path: string;
  }): Promise<Authentication>;
}

/**
 * Cinder's `noauth`: the token is `user:project`, everybody is an administrator. Without a token the answer is one to
 * come back with. For loopback only.
 */
export function noauth(): AuthStrategy {
  return {
    authenticate: async ({ token, endpoint, path }) => {
      if (token === undefined) {
        return {
          kind: 'answer',
          status: 204,
          headers: {
            'X-Auth-Token': 'admin:admin',
            'X-Server-Management-Url': `${endpoint}${path}`,
          },
        };
      }
      const [userId = '', projectId = userId] = token.split(':');
      return { kind: 'identity', identity: { userId, projectId, isAdmin: true } };
    },
  };
}
