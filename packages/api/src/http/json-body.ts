import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';

/** Bytes of a request body at most. Source: the default of `osapi_max_request_body_size`. */
export const largestBody = 114_688;

const jsonTypes = ['application/json', 'application/vnd.openstack.volume+json'];

/** Bodies are JSON; an empty one is none, whatever its type. */
export function acceptJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    jsonTypes,
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string): Promise<unknown> =>
      text === '' ? null : parseJson(text),
  );
  server.addContentTypeParser('*', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => {
    if (text !== '') {
      throw new ApiError(415, 'Unsupported Content-Type');
    }
    return null;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, 'Malformed request body', { cause: error });
  }
}
