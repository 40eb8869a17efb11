import type { ServerResponse } from 'node:http';
import { bytes, Secret } from '@cinder-flasharray/common';
import { describe, expect, test } from 'vitest';
import { iqnsOf } from '../contract/subject.ts';
import { aClient, aScriptedArray, failureOf } from '../support/connected.ts';
import { type Received, reply, type ScriptedArray } from '../support/scripted-array.ts';

const volume = {
  name: 'v1',
  serial: '4C2E09A7D1B83F650001104A',
  size: 1_073_741_824,
  created: '2019-06-03T10:20:00Z',
  source: null,
};
const space = { hostname: 'fa1', capacity: 4_000_000, total: 1_000_000, total_reduction: 9.87 };
const refused = (msg: string) => [
  { pure_err_key: 'err.friendly', code: 0, ctx: 'v1', pure_err_code: 1, msg },
];

type Answers = Readonly<Record<string, (request: Received, response: ServerResponse) => 'handled'>>;

/** Makes the array speak REST 1 of one version, with the cookie `first` from the login. */
function speakRest1(array: ScriptedArray, version: string, answers: Answers = {}): void {
  const common: Answers = {
    'GET api_version': (_request, response) => reply(response, { version: [version] }),
    'POST auth/session': (_request, response) => {
      response.setHeader(
        'set-cookie',
        'session=first; Expires=Thu, 01 Jan 2099 00:00:00 GMT; HttpOnly; Path=/',
      );
      return reply(response, { username: 'pureuser' });
    },
    'DELETE auth/session': (_request, response) => reply(response, { username: 'pureuser' }),
    'GET array': (request, response) =>
      request.url.searchParams.has('space')
        ? reply(response, [space])
        : reply(response, {
            array_name: 'fa1',
            id: '3f6a0c1e-0000-4000-8000-000000000001',
            version: '5.3.5',
          }),
  };
  array.script((request, response) => {
    const operation = `${request.method} ${request.resource}`;
    const handler = answers[operation] ?? common[operation];
    return handler === undefined
      ? reply(response, refused('Unknown path.'), 404)
      : handler(request, response);
  });
}

const cookies = (array: ScriptedArray, operation: string) =>
  array.received
    .filter((request) => `${request.method} ${request.resource}` === operation)
    .map((request) => request.headers.cookie);

describe('REST 1.x on the wire', () => {
  test('logs in with the token in the body, and sends the newest cookie back', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.19', {
      'GET volume/v1': (_request, response) => {
        response.setHeader('set-cookie', ['theme=dark; Path=/', 'session=second; HttpOnly; Path=/']);
        return reply(response, volume);
      },
    });
    const client = await aClient(array);
    expect(array.received[1]?.body).toBe('{"api_token":"3b0c7c0e-5f0e-4b3a-8c55-0d6f1b1f7a11"}');
    await client.volumes.find('v1');
    await client.volumes.find('v1');
    expect(cookies(array, 'GET volume/v1')).toEqual(['session=first', 'session=second']);
  });

  test('an expired session is renewed once', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.5', {
      'GET volume/v1': (_request, response) =>
        array.count('GET volume/v1') === 1
          ? reply(response, refused('Expired.'), 401)
          : reply(response, volume),
    });
    const client = await aClient(array);
    expect(await client.volumes.find('v1')).toMatchObject({ kind: 'live' });
    expect(array.count('POST auth/session')).toBe(2);
  });

  test('a version that the array gives up while we are connected is unsupported', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.5', { 'DELETE volume/v1': (_request, response) => reply(response, [], 450) });
    const client = await aClient(array);
    expect(await failureOf(client.volumes.destroy('v1'))).toMatchObject({
      code: 'unsupported',
      applied: 'no',
    });
  });

  test('the space of an array is a list of one from 1.6 on and bare before', async () => {
    for (const [version, body] of [
      ['1.5', space],
      ['1.6', [space]],
    ] as const) {
      const array = await aScriptedArray();
      const list = (_request: Received, response: ServerResponse) => reply(response, [volume, volume]);
      const empty = (_request: Received, response: ServerResponse) => reply(response, []);
      speakRest1(array, version, {
        'GET array': (request, response) =>
          request.url.searchParams.has('space')
            ? reply(response, body)
            : reply(response, { array_name: 'fa1', id: 'x', version: '4.6.0' }),
        'GET volume': (request, response) =>
          request.url.searchParams.has('snap') ? empty(request, response) : list(request, response),
        'GET host': empty,
        'GET pgroup': empty,
      });
      const client = await aClient(array);
      expect(await client.arrays.usage()).toEqual({
        space: { capacity: 4_000_000, used: 1_000_000, provisioned: 2_147_483_648, totalReduction: 9.87 },
        counts: { volumes: 2, snapshots: 0, hosts: 0, protectionGroups: 0 },
      });
    }
  });

  test('from 1.7 on counts come from a header, and sizes from the space where it has them', async () => {
    const array = await aScriptedArray();
    const counted = (count: number) => (request: Received, response: ServerResponse) => {
      expect(request.url.searchParams.get('limit')).toBe('1');
      response.setHeader('x-total-item-count', String(count));
      return reply(response, []);
    };
    speakRest1(array, '1.19', {
      'GET array': (request, response) =>
        request.url.searchParams.has('space')
          ? reply(response, [{ ...space, provisioned: 77 }])
          : reply(response, { array_name: 'fa1', id: 'x', version: '6.0.0' }),
      'GET volume': (request, response) =>
        counted(request.url.searchParams.has('snap') ? 40 : 30)(request, response),
      'GET host': counted(20),
      'GET pgroup': counted(10),
    });
    const client = await aClient(array);
    const usage = await client.arrays.usage();
    expect(usage.counts).toEqual({ volumes: 30, snapshots: 40, hosts: 20, protectionGroups: 10 });
    expect(usage.space.provisioned).toBe(77);
    expect(array.received).toHaveLength(8);
  });

  test('pages follow the token until there is none', async () => {
    const array = await aScriptedArray();
    const tokens: (string | null)[] = [];
    speakRest1(array, '1.7', {
      'GET volume': (request, response) => {
        tokens.push(request.url.searchParams.get('token'));
        if (tokens.length < 3) {
          response.setHeader('x-next-token', `token-${tokens.length}`);
        }
        return reply(response, [{ ...volume, name: `v${tokens.length}` }]);
      },
    });
    const client = await aClient(array);
    const names: string[] = [];
    for await (const page of client.volumes.list()) {
      names.push(...page.map((row) => row.name));
    }
    expect(names).toEqual(['v1', 'v2', 'v3']);
    expect(tokens).toEqual([null, 'token-1', 'token-2']);
  });

  test('an answer that is not JSON by its type is malformed, whatever it holds', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.5', {
      'DELETE volume/v1': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('{}');
        return 'handled';
      },
    });
    const client = await aClient(array);
    expect(await failureOf(client.volumes.destroy('v1'))).toMatchObject({
      code: 'malformed-reply',
      applied: 'unknown',
    });
  });

  test('a host whose CHAP cannot be set exists all the same, and the error says so', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.5', {
      'POST host/h1': (_request, response) => reply(response, { name: 'h1', iqn: ['iqn.a:b'], wwn: [] }),
      'PUT host/h1': (_request, response) => reply(response, refused('Invalid password.'), 400),
    });
    const client = await aClient(array);
    const chap = { user: 'u', password: new Secret('short') };
    const failure = await failureOf(
      client.hosts.create({ name: 'h1', initiators: iqnsOf(['iqn.a:b']), chap }),
    );
    expect(failure).toMatchObject({ code: 'invalid', operation: 'PUT host', applied: 'unknown' });
  });

  test('a size that the volume has already is no error', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.5', {
      'PUT volume/v1': (_request, response) =>
        reply(response, refused('Implicit truncation not permitted.'), 400),
      'GET volume/v1': (_request, response) => reply(response, { ...volume, time_remaining: null }),
    });
    const client = await aClient(array);
    expect(await client.volumes.extend('v1', bytes(1_073_741_824))).toMatchObject({ size: 1_073_741_824 });
    expect(await failureOf(client.volumes.extend('v1', bytes(1_048_576)))).toMatchObject({
      code: 'invalid',
      message: 'Implicit truncation not permitted.',
    });
  });

  test('a tag that is there already is replaced', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.19', {
      'POST volume/v1/tags': (_request, response) =>
        array.count('POST volume/v1/tags') === 1
          ? reply(response, refused('Tag already exists.'), 400)
          : reply(response, { name: 'v1', key: 'a' }),
      'DELETE volume/v1/tags/a': (_request, response) => reply(response, { name: 'v1', key: 'a' }),
    });
    const client = await aClient(array);
    await client.tags.set('v1', 'ns', { a: '2' });
    expect(
      array.received.slice(3).map((request) => [request.method, request.resource, request.body]),
    ).toEqual([
      ['POST', 'volume/v1/tags', '{"key":"a","value":"2","namespace":"ns","copyable":false}'],
      ['DELETE', 'volume/v1/tags/a', '{"namespace":"ns"}'],
      ['POST', 'volume/v1/tags', '{"key":"a","value":"2","namespace":"ns","copyable":false}'],
    ]);
  });

  test('tags are read by namespace, and only those that are there are removed', async () => {
    const array = await aScriptedArray();
    const row = { name: 'v1', namespace: 'ns', copyable: false };
    speakRest1(array, '1.19', {
      'GET volume/v1': (request, response) => {
        expect(request.url.searchParams.get('tags')).toBe('true');
        expect(request.url.searchParams.get('namespace')).toBe('ns');
        return reply(response, [
          { ...row, key: 'a/b', value: '1' },
          { ...row, key: 'c', value: null },
          { ...row, key: 'c', value: 'other', namespace: 'default' },
        ]);
      },
      'DELETE volume/v1/tags/a%2Fb': (_request, response) => reply(response, { name: 'v1', key: 'a/b' }),
    });
    const client = await aClient(array);
    expect(await client.tags.list('v1', 'ns')).toEqual({ 'a/b': '1', c: '' });
    await client.tags.remove('v1', 'ns', ['a/b', 'never']);
    expect(
      array.received.filter((request) => request.method === 'DELETE').map((request) => request.body),
    ).toEqual(['{"namespace":"ns"}']);
  });

  test.each([
    ['1.15', null],
    ['1.16', 'true'],
  ])('REST %s asks for the components of latency: %s', async (version, latency) => {
    const array = await aScriptedArray();
    speakRest1(array, version, {
      'GET array': (request, response) => {
        if (!request.url.searchParams.has('action')) {
          return reply(response, { array_name: 'fa1', id: 'x', version: '5.2.0' });
        }
        expect(request.url.searchParams.get('latency')).toBe(latency);
        return reply(response, [
          {
            time: '2019-06-03T10:22:41Z',
            reads_per_sec: 1510,
            writes_per_sec: 640,
            input_per_sec: 41_943_040,
            output_per_sec: 98_566_144,
            usec_per_read_op: 310,
            usec_per_write_op: 255,
            queue_depth: 3,
            queue_usec_per_read_op: 7,
            queue_usec_per_write_op: 8,
          },
        ]);
      },
    });
    const client = await aClient(array);
    expect(await client.arrays.performance()).toEqual({
      readsPerSecond: 1510,
      writesPerSecond: 640,
      readBytesPerSecond: 98_566_144,
      writeBytesPerSecond: 41_943_040,
      usecPerRead: 310,
      usecPerWrite: 255,
      queueDepth: 3,
      queueUsecPerRead: 7,
      queueUsecPerWrite: 8,
      queueUsecPerMirroredWrite: 0,
    });
  });

  test('hosts of an ActiveCluster peer are passed over', async () => {
    const array = await aScriptedArray();
    speakRest1(array, '1.14', {
      'GET host': (_request, response) =>
        reply(response, [
          { name: 'fa2:h1', iqn: ['iqn.a:b'], wwn: [], hgroup: null },
          { name: 'h1', iqn: ['IQN.A:B'], wwn: [], hgroup: null },
        ]),
      'GET host/h1': (_request, response) => reply(response, { name: 'h1', host_user: 'cmp01' }),
    });
    const client = await aClient(array);
    const found = await client.hosts.findByInitiators(iqnsOf('iqn.a:b'));
    expect(found.map((host) => [host.name, host.chapUser])).toEqual([['h1', 'cmp01']]);
  });
});
