import { type FastifyInstance, fastify } from 'fastify';
import { z } from 'zod';
import { SimulatorError, type SimulatorErrorCode } from '../errors.ts';
import { isOwnHost } from '../http/own-host.ts';
import type { SimulatorControl } from './control.ts';
import { type ControlOperation, controlOperations } from './operations.ts';
import { argumentsOf } from './parameters.ts';

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
 */
export function httpControl(control: SimulatorControl): FastifyInstance {
  const server = fastify({ logger: false, bodyLimit: 32 * 1024 ** 2, forceCloseConnections: true });
  server.addHook('onRequest', async (request, reply) => {
    if (!isOwnHost(request.headers.host, 'localhost')) {
      await reply.code(421).send({ code: 'refused', message: `this is not ${request.headers.host}` });
    }
  });
  server.get('/_sim', async () => ({ operations: controlOperations }));
  for (const operation of controlOperations) {
    server.post(`/_sim/${operation}`, async (request) => ({
      result: (await run(control, operation, request.body ?? [])) ?? null,
    }));
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
      message: `there is no ${request.method} ${request.url}; POST /_sim/<operation>, one of ${controlOperations.join(', ')}`,
    }),
  );
  return server;
}

async function run(control: SimulatorControl, operation: ControlOperation, body: unknown): Promise<unknown> {
  switch (operation) {
    case 'readVolume': {
      const data = await control.readVolume(...argumentsOf.readVolume.parse(body));
      return Buffer.from(data).toString('base64');
    }
    case 'writeVolume': {
      const [array, volume, offset, text] = argumentsOf.writeVolume.parse(body);
      return await control.writeVolume(array, volume, offset, Buffer.from(text, 'base64'));
    }
    case 'reset': {
      const [array] = argumentsOf.reset.parse(body);
      return await control.reset(array);
    }
    case 'advance':
      return await control.advance(...argumentsOf.advance.parse(body));
    case 'clock':
      return await control.clock();
    case 'requests': {
      const [array, options] = argumentsOf.requests.parse(body);
      return await control.requests(array, options);
    }
    case 'addFault':
      return await control.addFault(...argumentsOf.addFault.parse(body));
    case 'removeFault':
      return await control.removeFault(...argumentsOf.removeFault.parse(body));
    case 'armHold':
      return await control.armHold(...argumentsOf.armHold.parse(body));
    case 'waitForHold':
      return await control.waitForHold(...argumentsOf.waitForHold.parse(body));
    case 'releaseHold':
      return await control.releaseHold(...argumentsOf.releaseHold.parse(body));
    case 'setInterfaces':
      return await control.setInterfaces(...argumentsOf.setInterfaces.parse(body));
    case 'setArrayDown': {
      const [array, down, how] = argumentsOf.setArrayDown.parse(body);
      return await control.setArrayDown(array, down, how);
    }
    case 'setReplication':
      return await control.setReplication(...argumentsOf.setReplication.parse(body));
    case 'setReplicationLink':
      return await control.setReplicationLink(...argumentsOf.setReplicationLink.parse(body));
    case 'setMediator':
      return await control.setMediator(...argumentsOf.setMediator.parse(body));
    case 'createApiToken': {
      const [array, user, options] = argumentsOf.createApiToken.parse(body);
      return await control.createApiToken(array, user, options);
    }
    case 'listApiTokens': {
      const [array, options] = argumentsOf.listApiTokens.parse(body);
      return await control.listApiTokens(array, options);
    }
    case 'deleteApiToken':
      return await control.deleteApiToken(...argumentsOf.deleteApiToken.parse(body));
    case 'admin':
      return await control.admin(...argumentsOf.admin.parse(body));
    case 'state':
    case 'clearRequests':
    case 'faults':
    case 'clearFaults':
    case 'openGate':
    case 'closeGate':
    case 'expireSessions':
      return await control[operation](...argumentsOf.array.parse(body));
  }
}
