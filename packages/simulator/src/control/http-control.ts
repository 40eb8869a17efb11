import { type FastifyInstance, fastify } from 'fastify';
import { z } from 'zod';
import { SimulatorError, type SimulatorErrorCode } from '../errors.ts';
import { isOwnHost } from '../http/own-host.ts';
import type { SimulatorControl } from './control.ts';
import { controlOperations } from './operations.ts';

const statuses = {
  'unknown-array': 404,
  'not-found': 404,
  invalid: 400,
  refused: 409,
  unreachable: 500,
  storage: 500,
} as const satisfies Record<SimulatorErrorCode, number>;

/**
 * The control operations over plain HTTP on loopback: `POST /_sim/<operation>` with the arguments as a JSON array.
 * Answers `{ "result": ... }` or `{ "code": ..., "message": ... }`.
 * @param saved resolves when every change so far is kept: nobody is told of one that a crash would undo
 */
export function httpControl(control: SimulatorControl, saved: () => Promise<void>): FastifyInstance {
  const server = fastify({ logger: false, bodyLimit: 32 * 1024 ** 2, forceCloseConnections: true });
  server.addHook('onRequest', async (request, reply) => {
    if (!isOwnHost(request.headers.host, 'localhost')) {
      await reply.code(421).send({ code: 'refused', message: `this is not ${request.headers.host}` });
    }
  });
  const names = Object.keys(controlOperations);
  server.get('/_sim', async () => ({ operations: names }));
  for (const [name, { changes, serve }] of Object.entries(controlOperations)) {
    server.post(`/_sim/${name}`, async (request) => {
      const result = (await serve(control, request.body ?? [])) ?? null;
      if (changes) {
        await saved();
      }
      return { result };
    });
  }
  server.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof SimulatorError) {
      return reply.code(statuses[error.code]).send({ code: error.code, message: error.message });
    }
    if (error instanceof z.ZodError) {
      const [issue] = error.issues;
      const where =
        issue === undefined || issue.path.length === 0 ? '' : `argument ${issue.path.join('.')}: `;
      return reply.code(400).send({ code: 'invalid', message: `${where}${issue?.message ?? 'not usable'}` });
    }
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(500).send({ code: 'unreachable', message });
  });
  server.setNotFoundHandler(async (request, reply) =>
    reply.code(404).send({
      code: 'not-found',
      message: `there is no ${request.method} ${request.url}; POST /_sim/<operation>, one of ${names.join(', ')}`,
    }),
  );
  return server;
}
