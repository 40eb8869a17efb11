import { createServer } from 'node:net';
import { bytes } from '@cinder-flasharray/common';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectArray } from '../../src/connect-array.ts';
import { maxConnections } from '../../src/http/transport.ts';
import { aClient, aScriptedArray, failureOf, optionsFor, shortIdle } from '../support/connected.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type Received, reply, volumeRow } from '../support/scripted-array.ts';

const newVolume = { name: 'v1', size: bytes(1_073_741_824), defaultProtection: false };
const impatient = { timeouts: { connect: 2_000, idle: shortIdle, total: 60_000 } };
const is = (request: Received, operation: string) => `${request.method} ${request.resource}` === operation;

// Side by side: undici looks at its own timers once a second, whatever is asked of it.
describe.concurrent('an array that hangs', () => {
  test.for(['GET api_version', 'POST login', 'GET arrays'])(
    'in %s ends connecting with timed-out and nothing left open',
    async (operation, { expect, onTestFinished: atEnd }) => {
      const array = await aScriptedArray(atEnd);
      array.script((request) => (is(request, operation) ? 'handled' : undefined));
      const failure = await failureOf(connectArray(optionsFor(array, impatient)));
      expect(failure).toMatchObject({ code: 'timed-out', operation, applied: 'no', retryable: true });
      expect(array.count(operation)).toBe(4);
    },
  );

  test('before the headers of a read is asked again, and then given up', async ({
    expect,
    onTestFinished: atEnd,
  }) => {
    const array = await aScriptedArray(atEnd);
    const client = await aClient(array, impatient, atEnd);
    array.script(() => 'handled');
    const failure = await failureOf(client.volumes.find('v1'));
    expect(failure).toMatchObject({ code: 'timed-out', applied: 'no' });
    expect(array.count('GET volumes')).toBe(4);
  });

  test('before the headers of a change leaves open whether it was applied, and is not asked again', async ({
    expect,
    onTestFinished: atEnd,
  }) => {
    const array = await aScriptedArray(atEnd);
    const client = await aClient(array, impatient, atEnd);
    array.script(() => 'handled');
    const failure = await failureOf(client.volumes.create(newVolume));
    expect(failure).toMatchObject({ code: 'timed-out', applied: 'unknown', operation: 'POST volumes' });
    expect(array.count('POST volumes')).toBe(1);
  });

  test('in the middle of a body is given up', async ({ expect, onTestFinished: atEnd }) => {
    const array = await aScriptedArray(atEnd);
    const client = await aClient(array, impatient, atEnd);
    array.script((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"items":');
      return 'handled';
    });
    expect(await failureOf(client.volumes.create(newVolume))).toMatchObject({
      code: 'timed-out',
      applied: 'unknown',
    });
  });

  test('is given up at the total deadline', async ({ expect, onTestFinished: atEnd }) => {
    const array = await aScriptedArray(atEnd);
    const clock = new ManualClock();
    const client = await aClient(array, { clock }, atEnd);
    const arrived = Promise.withResolvers<void>();
    array.script(() => {
      arrived.resolve();
      return 'handled';
    });
    const call = failureOf(client.volumes.create(newVolume));
    await arrived.promise;
    clock.advance(60_000);
    const failure = await call;
    expect(failure).toMatchObject({ code: 'timed-out', applied: 'unknown' });
    expect(failure.message).toContain('no answer within 60000 ms');
  });

  test('in the TLS handshake means that nothing was sent', async ({ expect, onTestFinished: atEnd }) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const timeouts = { connect: 100, idle: 5_000, total: 60_000 };
    const failure = await failureOf(connectArray(optionsFor({ address: `127.0.0.1:${port}` }, { timeouts })));
    expect(failure).toMatchObject({ code: 'timed-out', applied: 'no' });
  });
});

describe('an array that is slow', () => {
  test('has its whole time for a call, however long that waited for its turn', async () => {
    const array = await aScriptedArray();
    const clock = new ManualClock();
    const client = await aClient(array, { clock });
    const held: (() => void)[] = [];
    array.script((_request, response) => {
      held.push(() => reply(response, { items: [volumeRow] }));
      return 'handled';
    });
    const before = Array.from({ length: maxConnections }, () => client.volumes.create(newVolume));
    await expect.poll(() => held.length).toBe(maxConnections);
    const last = client.volumes.create(newVolume);
    clock.advance(59_000);
    for (const answer of held.splice(0)) {
      answer();
    }
    await Promise.all(before);
    await expect.poll(() => held.length).toBe(1);
    clock.advance(2_000);
    held[0]?.();
    await expect(last).resolves.toMatchObject({ name: 'v1' });
  });
});

describe('a connection that breaks', () => {
  test('in the middle of a body: a read is repeated', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response, socket) => {
      if (array.count('GET volumes') > 1) {
        return undefined;
      }
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"items":', () => socket.destroy());
      return 'handled';
    });
    expect(await client.volumes.find('v1')).toMatchObject({ kind: 'live' });
    expect(array.count('GET volumes')).toBe(2);
  });

  test('in the middle of a body: a change is not repeated', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"items":', () => socket.destroy());
      return 'handled';
    });
    expect(await failureOf(client.volumes.create(newVolume))).toMatchObject({
      code: 'unreachable',
      applied: 'unknown',
      status: null,
    });
    expect(array.count('POST volumes')).toBe(1);
  });

  test('a kept-alive connection that dies with a change on it leaves open whether it was applied', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    const before = array.connections();
    array.script((_request, _response, socket) => {
      socket.destroy();
      return 'handled';
    });
    expect(await failureOf(client.volumes.destroy('v1'))).toMatchObject({
      code: 'unreachable',
      applied: 'unknown',
    });
    expect(array.count('PATCH volumes')).toBe(1);
    expect(array.connections()).toBe(before);
  });

  test('an array that went away refuses connections: nothing was sent, so even a change is tried again', async () => {
    const array = await aScriptedArray();
    const clock = new ManualClock(10_000);
    const client = await aClient(array, { clock });
    await array.close();
    // Makes the client notice that its kept-alive connection is gone.
    await failureOf(client.volumes.find('v1'));
    const waitsBefore = clock.waits.length;
    const failure = await failureOf(client.volumes.create(newVolume));
    expect(failure).toMatchObject({ code: 'unreachable', retryable: true, applied: 'no' });
    expect(clock.waits.slice(waitsBefore)).toEqual([60_000, 125, 250, 500]);
  });

  test('an address where nothing listens is unreachable, and nothing was applied', async () => {
    const array = await aScriptedArray();
    await array.close();
    expect(await failureOf(connectArray(optionsFor(array)))).toMatchObject({
      code: 'unreachable',
      applied: 'no',
    });
  });

  test('a name that does not resolve is unreachable', async () => {
    const failure = await failureOf(connectArray(optionsFor({ address: 'array.invalid' })));
    expect(failure).toMatchObject({ code: 'unreachable', applied: 'no' });
  });

  test('a server that does not speak TLS is no array, and is not asked again', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const failure = await failureOf(connectArray(optionsFor({ address: `127.0.0.1:${port}` })));
    expect(failure).toMatchObject({ code: 'malformed-reply', applied: 'no', retryable: false });
    expect(failure.message).toContain('TLS cannot be spoken with it');
    expect(connections).toBe(1);
  });

  test.each([
    ['does not speak HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'does not match the HTTP/1.1 protocol'],
    [
      'sends headers of 20 kB',
      `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
      'Headers Overflow',
    ],
  ])('a server that %s is no array, and is not asked again', async (_what, answer, words) => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, _response, socket) => {
      socket.end(answer);
      return 'handled';
    });
    const failure = await failureOf(client.volumes.find('v1'));
    expect(failure).toMatchObject({ code: 'malformed-reply', retryable: false });
    expect(failure.message).toContain(words);
    expect(array.count('GET volumes')).toBe(1);
  });
});

describe('an array in trouble', () => {
  test('a read is repeated after 503, a change is not', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response) => {
      response.writeHead(503).end('<html>busy</html>');
      return 'handled';
    });
    expect(await failureOf(client.volumes.find('v1'))).toMatchObject({
      code: 'array-failure',
      status: 503,
      applied: 'no',
    });
    expect(array.count('GET volumes')).toBe(4);
    expect(await failureOf(client.volumes.create(newVolume))).toMatchObject({
      code: 'array-failure',
      applied: 'unknown',
    });
    expect(array.count('POST volumes')).toBe(1);
  });

  test('too many requests: even a change waits as long as it is told, and is repeated', async () => {
    const array = await aScriptedArray();
    const clock = new ManualClock(10_000);
    const client = await aClient(array, { clock });
    array.script((_request, response) => {
      if (array.count('POST volumes') > 1) {
        return undefined;
      }
      response.writeHead(429, { 'retry-after': '3' }).end('{"message":"slow down"}');
      return 'handled';
    });
    expect(await client.volumes.create(newVolume)).toMatchObject({ name: 'v1' });
    expect(clock.waits.filter((milliseconds) => milliseconds < 10_000)).toEqual([3_000]);
  });

  test('too many requests: a wait past the deadline is not begun', async () => {
    const array = await aScriptedArray();
    const timeouts = { connect: 2_000, idle: 5_000, total: 15_000 };
    const client = await aClient(array, { timeouts });
    array.script((_request, response) => {
      response.writeHead(429, { 'retry-after': '20' }).end('{"message":"slow down"}');
      return 'handled';
    });
    expect(await failureOf(client.volumes.create(newVolume))).toMatchObject({
      code: 'rate-limited',
      message: 'slow down',
      status: 429,
      applied: 'no',
    });
    expect(array.count('POST volumes')).toBe(1);
  });

  test.each([
    ['lacks a field', { items: [{ ...volumeRow, serial: undefined }] }, '`items.0.serial`'],
    [
      'has a field of the wrong type',
      { items: [{ ...volumeRow, provisioned: '1G' }] },
      '`items.0.provisioned`',
    ],
    ['lacks the rows', {}, '`items`'],
    ['has no row', { items: [] }, '`items.0`'],
  ])('an answer that %s names it', async (_what, body, field) => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response) => reply(response, body));
    const failure = await failureOf(client.volumes.create(newVolume));
    expect(failure).toMatchObject({ code: 'malformed-reply', applied: 'unknown', status: 200 });
    expect(failure.message).toContain(field);
  });

  test('an answer that is not JSON is malformed', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>welcome</html>');
      return 'handled';
    });
    expect(await failureOf(client.volumes.find('v1'))).toMatchObject({
      code: 'malformed-reply',
      applied: 'no',
    });
  });

  test('fields that nobody asked for do no harm', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response) => reply(response, { items: [{ ...volumeRow, future: {} }], new: 1 }));
    expect(await client.volumes.find('v1')).toMatchObject({ kind: 'live' });
  });

  test('a list whose pages become empty has ended, whatever the array says', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response) =>
      reply(response, {
        items: array.count('GET volumes') > 2 ? [] : [volumeRow],
        continuation_token: `next-${array.count('GET volumes')}`,
        more_items_remaining: true,
      }),
    );
    let volumes = 0;
    for await (const page of client.volumes.list()) {
      volumes += page.length;
    }
    expect(volumes).toBe(2);
    expect(array.count('GET volumes')).toBe(3);
  });

  test('a list that comes back to a page is given up, and never told short', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response) =>
      reply(response, { items: [volumeRow], continuation_token: 'next', more_items_remaining: true }),
    );
    const read = async (): Promise<void> => {
      for await (const page of client.volumes.list()) {
        expect(page).toHaveLength(1);
      }
    };
    expect(await failureOf(read())).toMatchObject({
      code: 'malformed-reply',
      message: 'The list of volumes comes back to a page that was read already.',
    });
    expect(array.count('GET volumes')).toBe(2);
  });

  test('WWNs are told in one spelling, however the array spells them', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    const host = { name: 'h1', wwns: ['52:4a:93:70:4e:e5:68:00'], connection_count: 0, is_local: true };
    array.script((_request, response) => reply(response, { items: [host] }));
    expect(await client.hosts.find('h1')).toMatchObject({ wwns: ['524A93704EE56800'] });
  });
});
