import type { LogFields } from '@cinder-flasharray/common';
import type { FastifyRequest } from 'fastify';
import type { Identity } from './identity.ts';
import { globalRequestId, newRequestId } from './request-id.ts';

/** What is known about a request while it is answered. */
export interface Exchange {
  readonly requestId: string;
  readonly globalRequestId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** `/v3/{project_id}/volumes/{id}`; null for a path nobody knows. */
  readonly route: string | null;
  /** Minor number for the response header; null before it is known. */
  minor: number | null;
  identity: Identity | null;
}

/** Keeps the exchange of every request that is being answered. */
export class Exchanges {
  readonly #known = new WeakMap<FastifyRequest, Exchange>();
  readonly #now: () => number;
  readonly #randomUuid: () => string;

  constructor(now: () => number, randomUuid: () => string) {
    this.#now = now;
    this.#randomUuid = randomUuid;
  }

  of(request: FastifyRequest): Exchange {
    const known = this.#known.get(request);
    if (known !== undefined) {
      return known;
    }
    const made: Exchange = {
      requestId: newRequestId(this.#randomUuid),
      globalRequestId: globalRequestId(oneHeader(request, 'x-openstack-request-id')),
      startedAt: this.#now(),
      route: request.routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? null,
      minor: null,
      identity: null,
    };
    this.#known.set(request, made);
    return made;
  }
}

/** The first value of a header. */
export function oneHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * The one line that is logged of a request. An allow-list: no header, no query and no body, since tokens and CHAP
 * secrets travel there. The path is the route's for the same reason: what stands in a path is the client's choice.
 */
export function requestFields(
  exchange: Exchange,
  method: string,
  status: number,
  milliseconds: number,
): LogFields {
  return {
    request: exchange.requestId,
    global_request: exchange.globalRequestId,
    method,
    route: exchange.route,
    status,
    milliseconds,
    project: exchange.identity?.projectId,
    user: exchange.identity?.userId,
  };
}
