import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { bytes, type LogFields, type Logger, Secret } from '@cinder-flasharray/common';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectArray } from '../../src/connect-array.ts';
import type { ArrayError } from '../../src/port/array-error.ts';
import { aClient, aScriptedArray, failureOf, optionsFor, shortIdle } from '../support/connected.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { apiToken, reply } from '../support/scripted-array.ts';

const newVolume = { name: 'v1', size: bytes(1_073_741_824), defaultProtection: false };

describe('sessions', () => {
  test('an expired session is renewed once and the request repeated', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.expireSessions();
    expect(await client.volumes.create(newVolume)).toMatchObject({ name: 'v1' });
    expect(array.count('POST login')).toBe(2);
    expect(array.count('POST volumes')).toBe(2);
  });

  test('a session refused twice is an error, after one new login', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((request, response) =>
      request.resource === 'volumes' ? reply(response, { errors: [] }, 401) : undefined,
    );
    expect(await failureOf(client.volumes.create(newVolume))).toMatchObject({
      code: 'unauthorized',
      status: 401,
      applied: 'no',
    });
    expect(array.count('POST login')).toBe(2);
    expect(array.count('POST volumes')).toBe(2);
  });

  test('parallel requests share one new login', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.expireSessions();
    const names = ['v1', 'v1', 'v1', 'v1', 'v1'];
    const waiting: (() => void)[] = [];
    // All are told together that the session is over.
    array.script((request, response) => {
      if (request.resource !== 'volumes' || array.count('POST login') > 1) {
        return undefined;
      }
      waiting.push(() => reply(response, { errors: [] }, 401));
      if (waiting.length === names.length) {
        for (const refuse of waiting) {
          refuse();
        }
      }
      return 'handled';
    });
    const found = await Promise.all(names.map((name) => client.volumes.find(name)));
    expect(found.map((state) => state.kind)).toEqual(['live', 'live', 'live', 'live', 'live']);
    expect(array.count('POST login')).toBe(2);
    expect(array.count('GET volumes')).toBe(10);
  });

  test('a call that is aborted while others wait for the same login leaves them alone', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.expireSessions();
    const caller = new AbortController();
    const loginArrived = Promise.withResolvers<void>();
    const answerLogin = Promise.withResolvers<void>();
    array.script((request, response) => {
      if (request.resource !== 'login') {
        return undefined;
      }
      loginArrived.resolve();
      answerLogin.promise.then(
        () => {
          array.script(() => undefined);
          response.setHeader('x-auth-token', 'other');
          reply(response, { items: [] });
        },
        () => undefined,
      );
      return 'handled';
    });
    const aborted = failureOf(client.volumes.find('v1', { signal: caller.signal }));
    await loginArrived.promise;
    const other = client.volumes.find('v1');
    caller.abort();
    expect(await aborted).toMatchObject({ code: 'cancelled', applied: 'no' });
    answerLogin.resolve();
    // The scripted array does not know the session that it gave here, so the other call logs in again, once.
    await expect(other).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test.each([400, 401])('a token refused with %i is unauthorized and not tried again', async (status) => {
    const array = await aScriptedArray();
    array.script((request, response) =>
      request.resource === 'login'
        ? reply(response, { errors: [{ context: null, message: 'Invalid API token.' }] }, status)
        : undefined,
    );
    expect(await failureOf(connectArray(optionsFor(array)))).toMatchObject({
      code: 'unauthorized',
      message: 'Invalid API token.',
      status,
    });
    expect(array.count('POST login')).toBe(1);
  });

  test('a login without a session in it is malformed', async () => {
    const array = await aScriptedArray();
    array.script((request, response) =>
      request.resource === 'login' ? reply(response, { items: [{ username: 'pureuser' }] }) : undefined,
    );
    expect(await failureOf(connectArray(optionsFor(array)))).toMatchObject({ code: 'malformed-reply' });
  });

  test('an array that speaks nothing we know is refused with the Purity version it needs', async () => {
    const array = await aScriptedArray();
    array.script((_request, response) => reply(response, { version: ['1.0', '1.1'] }));
    const failure = await failureOf(connectArray(optionsFor(array)));
    expect(failure.code).toBe('unsupported');
    expect(failure.message).toContain('Purity 4.0.0 or later');
  });

  test.each(['before', 'with'] as const)(
    'a version that an upgrade takes away, %s the session, is chosen anew without anybody noticing',
    async (when) => {
      const array = await aScriptedArray();
      let served = '2.26';
      array.script((request, response) => {
        if (request.resource === 'api_version') {
          return reply(response, { version: ['1.19', served] });
        }
        return request.url.pathname.startsWith(`/api/${served}/`) ? undefined : reply(response, {}, 404);
      });
      const client = await aClient(array);
      served = '2.36';
      if (when === 'with') {
        array.expireSessions();
      }
      const found = await Promise.all([client.volumes.find('v1'), client.volumes.create(newVolume)]);
      expect(found).toMatchObject([{ kind: 'live' }, { name: 'v1' }]);
      const before = array.received.length;
      // From now on the new one is spoken, with the words that it has.
      await client.pods.stretch('p', 'fa-b');
      expect(array.received.slice(before).map(({ url }) => url.pathname)).toEqual(['/api/2.36/pods/members']);
    },
  );

  test('a path that no version knows is asked for once, and unsupported', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((request, response) =>
      request.resource === 'volumes' ? reply(response, {}, 404) : undefined,
    );
    expect(await failureOf(client.volumes.find('v1'))).toMatchObject({ code: 'unsupported' });
    expect(array.count('GET volumes')).toBe(1);
  });

  test('an array that serves no version of the generation any more is unsupported, until it is connected anew', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((request, response) =>
      request.resource === 'api_version'
        ? reply(response, { version: ['1.19'] })
        : reply(response, { errors: [] }, 404),
    );
    expect(await failureOf(client.volumes.find('v1'))).toMatchObject({ code: 'unsupported', applied: 'no' });
  });

  test('an array that stopped serving the version it listed is asked again', async () => {
    const array = await aScriptedArray();
    let offered = ['2.26', '2.27'];
    array.script((request, response) => {
      if (request.resource === 'api_version') {
        return reply(response, { version: offered });
      }
      if (request.url.pathname.startsWith('/api/2.27/')) {
        offered = ['2.26'];
        return reply(response, { errors: [] }, 404);
      }
      return undefined;
    });
    const client = await aClient(array);
    expect(client.protocol).toEqual({ generation: 'rest2', version: '2.26' });
  });
});

describe('closing', () => {
  test('ends the session, may be repeated, and later calls are cancelled', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    await Promise.all([client.close(), client.close()]);
    await client.close();
    expect(array.count('POST logout')).toBe(1);
    expect(array.received.at(-1)?.headers['x-auth-token']).toMatch(/^session-/);
    expect(await failureOf(client.volumes.find('v1'))).toMatchObject({ code: 'cancelled', applied: 'no' });
    expect(array.count('GET volumes')).toBe(0);
  });

  test('does not wait for an array that does not answer', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array, { timeouts: { connect: 2_000, idle: shortIdle, total: 60_000 } });
    array.script(() => 'handled');
    await client.close();
    expect(array.count('POST logout')).toBe(1);
  });

  test('ends the calls under way', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    const arrived = Promise.withResolvers<void>();
    array.script((request) => {
      arrived.resolve();
      return request.resource === 'logout' ? undefined : 'handled';
    });
    const call = failureOf(client.volumes.create(newVolume));
    await arrived.promise;
    await client.close();
    expect(await call).toMatchObject({ code: 'cancelled', applied: 'unknown' });
  });

  test('connecting that fails after the login ends the session', async () => {
    const array = await aScriptedArray();
    array.script((request, response) =>
      request.resource === 'arrays' ? reply(response, { items: [{ id: 'x' }] }) : undefined,
    );
    expect(await failureOf(connectArray(optionsFor(array)))).toMatchObject({ code: 'malformed-reply' });
    expect(array.count('POST logout')).toBe(1);
  });
});

describe('a caller that aborts', () => {
  test('before the call: nothing is sent', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    const failure = await failureOf(client.volumes.create(newVolume, { signal: AbortSignal.abort() }));
    expect(failure).toMatchObject({ code: 'cancelled', applied: 'no' });
    expect(array.count('POST volumes')).toBe(0);
  });

  test.each(['create', 'find'] as const)('during %s: the call ends at once', async (operation) => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    const caller = new AbortController();
    const arrived = Promise.withResolvers<void>();
    array.script(() => {
      arrived.resolve();
      return 'handled';
    });
    const options = { signal: caller.signal };
    const call = failureOf(
      operation === 'create' ? client.volumes.create(newVolume, options) : client.volumes.find('v1', options),
    );
    await arrived.promise;
    caller.abort();
    expect(await call).toMatchObject({
      code: 'cancelled',
      applied: operation === 'create' ? 'unknown' : 'no',
    });
  });

  test('of an array that is bound to it: every call ends at once, and those of others go on', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    const caller = new AbortController();
    const bound = client.within(new AbortController().signal).within(caller.signal);
    const arrived = Promise.withResolvers<void>();
    array.script(() => {
      arrived.resolve();
      return 'handled';
    });
    const call = failureOf(bound.volumes.create(newVolume));
    await arrived.promise;
    array.script(() => undefined);
    caller.abort();
    expect(await call).toMatchObject({ code: 'cancelled', applied: 'unknown' });
    expect(await failureOf(bound.volumes.find('v1'))).toMatchObject({ code: 'cancelled', applied: 'no' });
    expect((await client.volumes.find('v1')).kind).toBe('live');
    expect(array.count('POST login')).toBe(1);
  });

  test('while the connection is being made: the call ends at once', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const caller = new AbortController();
    server.once('connection', () => caller.abort());
    const timeouts = { connect: 60_000, idle: 60_000, total: 120_000 };
    const options = optionsFor({ address: `127.0.0.1:${port}` }, { timeouts });
    const failure = await failureOf(connectArray(options, { signal: caller.signal }));
    expect(failure).toMatchObject({ code: 'cancelled', applied: 'no' });
  }, 10_000);

  test('during the wait before a retry: the call ends at once', async () => {
    const array = await aScriptedArray();
    const clock = new ManualClock();
    const client = await aClient(array, { clock });
    array.script((_request, response) => reply(response, { errors: [] }, 503));
    const caller = new AbortController();
    const call = failureOf(client.volumes.find('v1', { signal: caller.signal }));
    await clock.waitedFor(125);
    caller.abort();
    expect(await call).toMatchObject({ code: 'cancelled', applied: 'no' });
    expect(array.count('GET volumes')).toBe(1);
  });
});

describe('what is said about requests', () => {
  test('one line a request without tokens, sessions, passwords or bodies', async () => {
    const array = await aScriptedArray();
    const lines: { readonly fields: LogFields; readonly message: string }[] = [];
    const note = (fields: LogFields, message: string) => void lines.push({ fields, message });
    const logger: Logger = { debug: note, info: note, warn: note, error: note };
    const clock = new ManualClock(10_000);
    const client = await aClient(array, { logger, clock });
    const chap = { user: 'chap-user', password: new Secret('chap-secret-123') };
    await client.hosts.update('h1', { chap });
    expect(array.received.at(-1)?.body).toBe(
      '{"chap":{"host_user":"chap-user","host_password":"chap-secret-123"}}',
    );
    expect(lines).toEqual(
      [
        { method: 'GET', path: '/api/api_version' },
        { method: 'POST', path: '/api/2.26/login' },
        { method: 'GET', path: '/api/2.26/arrays' },
        { method: 'PATCH', path: '/api/2.26/hosts' },
      ].map((request) => ({
        fields: { array: array.address, ...request, status: 200, failure: null, ms: 0 },
        message: 'array request',
      })),
    );
    for (const secret of [apiToken, 'session-', 'chap-secret-123']) {
      expect(JSON.stringify(lines)).not.toContain(secret);
    }
  });

  test('the array sees who is asking', async () => {
    const array = await aScriptedArray();
    await aClient(array, { userAgent: 'OpenStack Cinder PureISCSIDriver/22.0.iscsi (Debian 12)' });
    expect(new Set(array.received.map((request) => request.headers['user-agent']))).toEqual(
      new Set(['OpenStack Cinder PureISCSIDriver/22.0.iscsi (Debian 12)']),
    );
  });
});

describe('an array that repeats what it was sent', () => {
  const chap = { user: 'chap-user', password: new Secret('chap-"secret"-123') };
  const told = ({ message, context }: ArrayError): string => `${message} ${context}`;

  test('in its refusal gives away no CHAP password', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script(({ body }, response) =>
      reply(response, { errors: [{ context: body, message: `Invalid request: ${body}` }] }, 400),
    );
    const failure = await failureOf(client.hosts.update('h1', { chap }));
    expect(told(failure)).toContain('"host_password":"***"');
    expect(told(failure)).toContain('chap-user');
    expect(inspect(failure, { depth: 10 })).not.toContain('secret');
  });

  test('in an answer that is no JSON gives away no CHAP password', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script(({ body }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{${body}`);
      return 'handled';
    });
    const failure = await failureOf(client.hosts.update('h1', { chap }));
    expect(failure.code).toBe('malformed-reply');
    expect(inspect(failure, { depth: 10 })).not.toContain('secret');
  });

  test('at the login gives away no API token', async () => {
    const array = await aScriptedArray();
    array.script(({ headers, resource }, response) =>
      resource === 'login'
        ? reply(
            response,
            { errors: [{ context: null, message: `No user has ${headers['api-token']}.` }] },
            401,
          )
        : undefined,
    );
    const failure = await failureOf(connectArray(optionsFor(array)));
    expect(failure).toMatchObject({ code: 'unauthorized', message: 'No user has ***.' });
  });
});
