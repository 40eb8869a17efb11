import type { BlockStorage } from '@cinder-flasharray/block-storage';
import type { Clock, Logger } from '@cinder-flasharray/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { adminRoutes } from './admin/admin-routes.ts';
import { attachmentRoutes } from './attachments/attachment-routes.ts';
import type { AuthStrategy } from './auth/auth-strategy.ts';
import { cgsnapshotRoutes } from './consistency-groups/cgsnapshot-routes.ts';
import { consistencyGroupRoutes } from './consistency-groups/consistency-group-routes.ts';
import { groupSnapshotRoutes } from './group-snapshots/group-snapshot-routes.ts';
import { groupTypeRoutes } from './group-types/group-type-routes.ts';
import { groupRoutes } from './groups/group-routes.ts';
import { refusalOf } from './http/answer-error.ts';
import { badRequest, errorBody, hiddenByMicroversion, unknownRouteBody } from './http/api-error.ts';
import { Exchanges, oneHeader, requestFields } from './http/exchange.ts';
import { acceptJsonBodies, largestBody } from './http/json-body.ts';
import { microversionHeader, requestedMinor, UnsupportedMicroversion } from './http/microversion.ts';
import type { ApiReply, Route } from './http/route.ts';
import { manageRoutes } from './manage/manage-routes.ts';
import { qosSpecsRoutes } from './qos-specs/qos-specs-routes.ts';
import { snapshotRoutes } from './snapshots/snapshot-routes.ts';
import { type Health, healthcheck } from './versions/healthcheck.ts';
import { versionsBody } from './versions/versions.ts';
import { volumeTypeRoutes } from './volume-types/volume-type-routes.ts';
import { volumeActions } from './volumes/volume-actions.ts';
import { volumeRoutes } from './volumes/volume-routes.ts';

export interface ApiOptions {
  readonly blockStorage: BlockStorage;
  readonly auth: AuthStrategy;
  /** What links begin with (`public_endpoint`); null: what the client asked for. */
  readonly publicEndpoint: string | null;
  /** Rows of a list at most (`osapi_max_limit`). */
  readonly maxLimit: number;
  /** What a project in a path must look like, whole (`project_id_regex`, `[0-9a-f\-]+`). */
  readonly projectIdRegex: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  /** Asked by `GET /healthcheck`; absent: healthy while it answers. */
  readonly healthy?: () => Promise<Health>;
}

export interface ApiServer {
  /** @returns the address it listens on */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Lets running requests end. Safe to repeat. */
  close(): Promise<void>;
  /** A request without a socket, for tests. */
  readonly inject: FastifyInstance['inject'];
}

/** How long requests that run may take when the service stops, milliseconds. */
const closingPatience = 10_000;

/** Builds the Block Storage API v3 over a `BlockStorage`. */
export async function createApi(options: ApiOptions): Promise<ApiServer> {
  const { clock, logger, auth } = options;
  const exchanges = new Exchanges(() => clock.elapsed(), options.randomUuid);
  const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { requestId } = exchanges.of(request);
    const { status, message } = refusalOf(error, logger, { request: requestId });
    return send(reply, {
      status,
      body: errorBody(status, message),
      ...(status === 413 ? { headers: { 'Retry-After': '0' } } : {}),
    });
  };
  const server = fastify({
    logger: false,
    bodyLimit: largestBody,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1024 },
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  });
  acceptJsonBodies(server);
  server.addHook('onRequest', async (request) => {
    exchanges.of(request);
  });
  server.addHook('onSend', async (request, reply) => {
    const { requestId, minor } = exchanges.of(request);
    reply.header('X-Compute-Request-Id', requestId).header('X-Openstack-Request-Id', requestId);
    if (minor !== null) {
      reply.header(microversionHeader, `volume 3.${minor}`).header('Vary', microversionHeader);
    }
  });
  server.addHook('onResponse', async (request, reply) => {
    const exchange = exchanges.of(request);
    const took = clock.elapsed() - exchange.startedAt;
    logger.info(requestFields(exchange, request.method, reply.statusCode, took), 'request');
  });
  server.setErrorHandler(async (error, request, reply) => answerError(error, request, reply));
  server.setNotFoundHandler(async (_request, reply) => send(reply, unknownRoute));

  const endpointOf = (request: FastifyRequest): string =>
    options.publicEndpoint?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`;
  const discovery = (status: number) => async (request: FastifyRequest, reply: FastifyReply) => {
    exchanges.of(request).minor = 0;
    return send(reply, { status, body: versionsBody(endpointOf(request)) });
  };
  server.get('/', discovery(300));
  server.get('/v3', discovery(200));
  server.get('/healthcheck', async (_request, reply) => send(reply, await healthcheck(options.healthy)));

  const projectPattern = new RegExp(`^(?:${options.projectIdRegex})$`);
  const answer = async (route: Route, request: FastifyRequest): Promise<ApiReply> => {
    const exchange = exchanges.of(request);
    const { project_id: pathProject = null, ...params } = paramsOf(request);
    if (pathProject !== null && !projectPattern.test(pathProject)) {
      return unknownRoute;
    }
    const who = await auth.authenticate({
      header: (name) => oneHeader(request, name),
      url: `${request.protocol}://${request.host}${request.url}`,
    });
    if (who.kind === 'answer') {
      return who;
    }
    if (who.kind === 'refused') {
      throw who.error;
    }
    exchange.identity = who.identity;
    const minor = microversionOf(request, (shown) => {
      exchange.minor = shown;
    });
    if (pathProject !== null && pathProject !== who.identity.projectId) {
      throw badRequest('Malformed request url');
    }
    if (minor < (route.since ?? 0)) {
      throw hiddenByMicroversion();
    }
    const [path = '', ...query] = request.url.split('?');
    return await route.handler({
      context: { ...who.identity, requestId: exchange.requestId },
      minor,
      params,
      query: new URLSearchParams(query.join('?')),
      body: request.body ?? null,
      endpoint: endpointOf(request),
      pathProject,
      resourcePath: path.replace(/\/+$/, '').slice(pathProject === null ? 3 : 4 + pathProject.length),
    });
  };
  for (const route of allRoutes(options)) {
    for (const prefix of ['/v3/:project_id', '/v3']) {
      server.route({
        method: route.method,
        url: `${prefix}${route.path}`,
        handler: async (request, reply) => send(reply, await answer(route, request)),
      });
    }
  }
  await server.ready();
  return {
    listen: ({ host, port }) => server.listen({ host, port }),
    close: async () => {
      const timer = new AbortController();
      // A client that has sent half a request must not keep the service from stopping.
      clock.wait(closingPatience, timer.signal).then(
        () => server.server.closeAllConnections(),
        () => undefined,
      );
      await server.close();
      timer.abort();
    },
    inject: server.inject.bind(server),
  };
}

function allRoutes({ blockStorage, maxLimit }: ApiOptions): readonly Route[] {
  return [
    ...volumeRoutes(blockStorage, maxLimit),
    volumeActions(blockStorage),
    ...snapshotRoutes(blockStorage, maxLimit),
    ...attachmentRoutes(blockStorage, maxLimit),
    ...volumeTypeRoutes(blockStorage, maxLimit),
    ...qosSpecsRoutes(blockStorage, maxLimit),
    ...groupTypeRoutes(blockStorage, maxLimit),
    ...groupRoutes(blockStorage, maxLimit),
    ...groupSnapshotRoutes(blockStorage, maxLimit),
    ...consistencyGroupRoutes(blockStorage, maxLimit),
    ...cgsnapshotRoutes(blockStorage, maxLimit),
    ...manageRoutes(blockStorage, maxLimit),
    ...adminRoutes(blockStorage, maxLimit),
  ];
}

const unknownRoute: ApiReply = { status: 404, body: unknownRouteBody };

/** Tells the response header too, also for a 3.x that is refused, as Cinder does. */
function microversionOf(request: FastifyRequest, show: (minor: number) => void): number {
  try {
    const minor = requestedMinor(oneHeader(request, microversionHeader.toLowerCase()));
    show(minor);
    return minor;
  } catch (error) {
    if (error instanceof UnsupportedMicroversion && error.shownMinor !== null) {
      show(error.shownMinor);
    }
    throw error;
  }
}

function send(reply: FastifyReply, { status, body, headers = {} }: ApiReply): FastifyReply {
  reply.code(status).headers(headers);
  return body === undefined ? reply.send() : reply.type('application/json').send(JSON.stringify(body));
}

function paramsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const { params } = request;
  return typeof params === 'object' && params !== null
    ? Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]))
    : {};
}
