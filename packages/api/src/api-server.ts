import type { Clock, Logger } from '@cinder-flasharray/common';
import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/volume-manager';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { adminRoutes } from './admin/admin-routes.ts';
import { attachmentRoutes } from './attachments/attachment-routes.ts';
import type { AuthStrategy, Identity } from './auth/auth-strategy.ts';
import { ApiError, errorBody, statusOf, unknownRouteBody } from './http/api-error.ts';
import { requestedMinor } from './http/microversion.ts';
import type { ApiReply, Route } from './http/route.ts';
import { snapshotRoutes } from './snapshots/snapshot-routes.ts';
import { versionsBody } from './versions/versions.ts';
import { volumeTypeRoutes } from './volume-types/volume-type-routes.ts';
import { volumeActions } from './volumes/volume-actions.ts';
import { volumeRoutes } from './volumes/volume-routes.ts';

export interface ApiOptions {
  readonly blockStorage: BlockStorage;
  readonly auth: AuthStrategy;
  /** What links begin with; null: what the client asked for. */
  readonly publicEndpoint: string | null;
  /** Rows of a list at most (`osapi_max_limit`). */
  readonly maxLimit: number;
  /** What a project in a path must look like, whole. */
  readonly projectIdRegex: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomUuid: () => string;
}

export interface ApiServer {
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Lets running requests end. Safe to repeat. */
  close(): Promise<void>;
  /** A request without a socket, for tests. */
  readonly inject: FastifyInstance['inject'];
}

/** `osapi_max_request_body_size`. */
const largestBody = 114_688;

/** What is known about a request from its headers on. */
interface Exchange {
  readonly requestId: string;
  readonly startedAt: number;
  minor: number | null;
  identity: Identity | null;
}

/** Builds the Block Storage API v3 over a `BlockStorage`. */
export async function createApi(options: ApiOptions): Promise<ApiServer> {
  const { clock, logger, randomUuid } = options;
  const server = fastify({
    logger: false,
    bodyLimit: largestBody,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1024 },
  });
  const exchanges = new WeakMap<FastifyRequest, Exchange>();
  const exchangeOf = (request: FastifyRequest): Exchange => {
    const known = exchanges.get(request);
    if (known !== undefined) {
      return known;
    }
    const made: Exchange = {
      requestId: `req-${randomUuid()}`,
      startedAt: clock.now(),
      minor: null,
      identity: null,
    };
    exchanges.set(request, made);
    return made;
  };
  parseJsonBodies(server);

  server.addHook('onSend', async (request, reply) => {
    const { requestId, minor } = exchangeOf(request);
    reply.header('X-Compute-Request-Id', requestId).header('X-Openstack-Request-Id', requestId);
    if (minor !== null) {
      reply.header('OpenStack-API-Version', `volume 3.${minor}`).header('Vary', 'OpenStack-API-Version');
    }
  });
  server.addHook('onResponse', async (request, reply) => {
    const { requestId, identity, startedAt } = exchangeOf(request);
    logger.info(
      {
        request: requestId,
        method: request.method,
        path: request.url.split('?')[0],
        status: reply.statusCode,
        milliseconds: clock.now() - startedAt,
        project: identity?.projectId,
        user: identity?.userId,
      },
      'request',
    );
  });
  server.setErrorHandler(async (error, request, reply) =>
    answerError(error, exchangeOf(request), reply, logger),
  );
  server.setNotFoundHandler(async (_request, reply) => reply.code(404).send(unknownRouteBody));

  const endpointOf = (request: FastifyRequest): string =>
    options.publicEndpoint?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`;
  server.get('/', async (request, reply) => reply.code(300).send(versionsBody(endpointOf(request))));
  server.get('/v3', async (request) => versionsBody(endpointOf(request)));
  server.get('/healthcheck', async () => ({ detailed: false, reasons: ['OK'] }));

  const projectPattern = new RegExp(`^(?:${options.projectIdRegex})$`);
  for (const route of allRoutes(options)) {
    for (const prefix of ['/v3/:project_id', '/v3']) {
      server.route({
        method: route.method,
        url: `${prefix}${route.path}`,
        handler: async (request, reply) => {
          const exchange = exchangeOf(request);
          const { project_id: pathProject = null, ...params } = paramsOf(request);
          if (pathProject !== null && !projectPattern.test(pathProject)) {
            return reply.code(404).send(unknownRouteBody);
          }
          const endpoint = endpointOf(request);
          const [path = '/'] = request.url.split('?');
          exchange.minor = requestedMinor(oneHeader(request, 'openstack-api-version'));
          const who = await options.auth.authenticate({
            token: oneHeader(request, 'x-auth-token'),
            endpoint,
            path,
          });
          if (who.kind === 'answer') {
            return reply.code(who.status).headers(who.headers).send();
          }
          if (who.kind === 'refused') {
            throw who.error;
          }
          exchange.identity = who.identity;
          if (pathProject !== null && pathProject !== who.identity.projectId) {
            throw new ApiError(400, 'Malformed request url');
          }
          if (exchange.minor < (route.since ?? 0)) {
            return reply.code(404).send(unknownRouteBody);
          }
          const answer = await route.handler({
            context: { ...who.identity, requestId: exchange.requestId },
            minor: exchange.minor,
            params,
            query: new URLSearchParams(request.url.split('?')[1] ?? ''),
            body: request.body ?? null,
            endpoint,
            pathProject,
            resourcePath: path.slice(pathProject === null ? 3 : 4 + pathProject.length),
          });
          return send(reply, answer);
        },
      });
    }
  }
  await server.ready();
  return {
    listen: ({ host, port }) => server.listen({ host, port }),
    close: () => server.close(),
    inject: server.inject.bind(server),
  };
}

function allRoutes({ blockStorage, maxLimit }: ApiOptions): readonly Route[] {
  return [
    ...volumeRoutes(blockStorage, maxLimit),
    volumeActions(blockStorage),
    ...snapshotRoutes(blockStorage, maxLimit),
    ...attachmentRoutes(blockStorage, maxLimit),
    ...volumeTypeRoutes(blockStorage),
    ...adminRoutes(blockStorage),
  ];
}

function send(reply: FastifyReply, { status, body }: ApiReply): FastifyReply {
  reply.code(status);
  return body === undefined ? reply.send() : reply.type('application/json').send(JSON.stringify(body));
}

function paramsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const { params } = request;
  return typeof params === 'object' && params !== null
    ? Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]))
    : {};
}

function oneHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** JSON only; an empty body is none. */
function parseJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string) => {
      if (text.trim() === '') {
        return null;
      }
      try {
        const parsed: unknown = JSON.parse(text);
        return parsed;
      } catch {
        throw new ApiError(400, 'Malformed message body: cannot understand JSON');
      }
    },
  );
  server.addContentTypeParser('*', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => {
    if (text === '') {
      return null;
    }
    throw new ApiError(415, 'Unsupported Content-Type');
  });
}

/** Every failure in Cinder's form. What is no refusal is logged, and told to nobody. */
function answerError(error: unknown, exchange: Exchange, reply: FastifyReply, logger: Logger): FastifyReply {
  const answer = (status: number, message: string): FastifyReply => {
    if (status === 413) {
      reply.header('Retry-After', '0');
    }
    return send(reply, { status, body: errorBody(status, message) });
  };
  if (error instanceof ApiError) {
    return answer(error.status, error.message);
  }
  if (error instanceof BlockStorageError) {
    return answer(statusOf[error.code], error.message);
  }
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return answer(413, 'Request is too large.');
  }
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : null;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return answer(status, error instanceof Error ? error.message : 'The request cannot be understood.');
  }
  logger.error(
    { request: exchange.requestId, error: error instanceof Error ? error : new Error(String(error)) },
    'a request failed',
  );
  return answer(500, 'The server has either erred or is incapable of performing the requested operation.');
}
