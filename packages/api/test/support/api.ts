import type { Clock, LogFields, Logger } from '@cinder-flasharray/common';
import { type ApiOptions, type ApiServer, createApi, noauth } from '../../src/index.ts';
import { type FakeParts, fakeBlockStorage } from './fake-block-storage.ts';
import { project, user } from './records.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed JSON; null without a body. */
  readonly body: unknown;
}

interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Below `/v3/{project}`, or whole when it begins with `//`, which then counts as `/`. */
  readonly path: string;
  /** `3.70` unless told; null sends no header. */
  readonly version?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly server: ApiServer;
  readonly logged: readonly { readonly fields: LogFields; readonly message: string }[];
  ask(request: Ask | string): Promise<Answer>;
}

/** Time that stands still. */
const stopped: Clock = { now: () => 0, elapsed: () => 0, wait: async () => {} };

/** The API over what a test answers for, asked as the test project without a socket. */
export async function testApi(parts: FakeParts = {}, options: Partial<ApiOptions> = {}): Promise<TestApi> {
  const logged: { fields: LogFields; message: string }[] = [];
  const log = (fields: LogFields, message: string): void => {
    logged.push({ fields, message });
  };
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  let requests = 0;
  const server = await createApi({
    blockStorage: fakeBlockStorage(parts),
    auth: noauth(),
    publicEndpoint: null,
    maxLimit: 1000,
    projectIdRegex: '[0-9a-f\\-]+',
    logger,
    clock: stopped,
    randomUuid: () => {
      requests += 1;
      return `00000000-0000-4000-8000-${String(requests).padStart(12, '0')}`;
    },
    ...options,
  });
  return {
    server,
    logged,
    ask: async (request) => {
      const {
        method = 'GET',
        path,
        version = '3.70',
        body,
        headers = {},
      } = typeof request === 'string' ? { path: request } : request;
      const reply = await server.inject({
        method,
        url: path.startsWith('//') ? path.slice(1) : `/v3/${project}${path}`,
        headers: {
          host: '127.0.0.1:8776',
          'x-auth-token': `${user}:${project}`,
          ...(version === null ? {} : { 'openstack-api-version': `volume ${version}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const parsed: unknown = reply.payload === '' ? null : JSON.parse(reply.payload);
      return { status: reply.statusCode, headers: reply.headers, text: reply.payload, body: parsed };
    },
  };
}

/** A strategy under which everybody is the test user, who is no administrator. */
export const asMember: Partial<ApiOptions> = {
  auth: {
    authenticate: async () => ({
      kind: 'identity',
      identity: { userId: user, projectId: project, isAdmin: false },
    }),
  },
};
