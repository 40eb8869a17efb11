import type { AuthStrategy } from './auth-strategy.ts';

/**
 * Cinder's `noauth`: the token is `user:project` (the user's name when there is no project), and everybody is an
 * administrator. Without a token the answer is one to come back with. For loopback and trusted networks only.
 * Source: cinder/api/middleware/auth.py, Cinder 21.
 */
export function noauth(): AuthStrategy {
  return {
    authenticate: async ({ header, url }) => {
      const token = header('x-auth-token');
      if (token === undefined) {
        const user = header('x-auth-user') ?? 'admin';
        const project = header('x-auth-project-id') ?? 'admin';
        return {
          kind: 'answer',
          status: 204,
          headers: {
            'X-Auth-Token': `${user}:${project}`,
            'X-Server-Management-Url': url.replace(/\/+$/, ''),
          },
        };
      }
      const colon = token.indexOf(':');
      const userId = colon < 0 ? token : token.slice(0, colon);
      const project = colon < 0 ? '' : token.slice(colon + 1);
      return {
        kind: 'identity',
        identity: { userId, projectId: project === '' ? userId : project, isAdmin: true },
      };
    },
  };
}
