import { connect } from 'node:net';
import { BlockStorageError } from '@cinder-flasharray/block-storage';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/http/api-error.ts';
import { testApi } from './support/api.ts';
import type { FakeParts } from './support/fake-block-storage.ts';
import { aVolume, project, user } from './support/records.ts';

const unknownRoute = {
  message: 'The resource could not be found.<br /><br />\n\n\n',
  code: '404 Not Found',
  title: 'Not Found',
};
const emptyList: FakeParts = {
  volumes: { list: async () => ({ kind: 'page', rows: [], more: false, count: 0 }) },
};

describe('discovery', () => {
  it.each([
    ['//', 300],
    ['//v3', 200],
    ['//v3/', 200],
  ])('%s answers %i with the version, also without a token', async (path, status) => {
    const { server } = await testApi();
    const answer = await server.inject({ url: path.slice(1), headers: { host: 'storage:8776' } });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['openstack-api-version']).toBe('volume 3.0');
    expect(answer.json()).toEqual({
      versions: [
        {
          id: 'v3.0',
          status: 'CURRENT',
          version: '3.70',
          min_version: '3.0',
          updated: '2022-08-31T00:00:00Z',
          links: [
            { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
            { rel: 'self', href: 'http://storage:8776/v3/' },
          ],
          'media-types': [
            { base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' },
          ],
        },
      ],
    });
  });

  it('links to the public endpoint where there is one', async () => {
    const api = await testApi({}, { publicEndpoint: 'https://storage.example/volume/' });
    expect((await api.ask('//')).text).toContain('"https://storage.example/volume/v3/"');
  });

  it('says that the service is healthy, or why it is not', async () => {
    const [well, ill] = [
      await testApi(),
      await testApi({}, { healthy: async () => ({ healthy: false, reasons: ['array1 is unreachable'] }) }),
    ];
    expect(await well.ask('//healthcheck')).toMatchObject({
      status: 200,
      body: { detailed: false, reasons: ['OK'] },
    });
    expect(await ill.ask('//healthcheck')).toMatchObject({
      status: 503,
      body: { detailed: false, reasons: ['array1 is unreachable'] },
    });
  });
});

describe('noauth', () => {
  it('answers a request without a token with one to come back with', async () => {
    const { server } = await testApi();
    const answer = await server.inject({ url: `/v3/${project}/volumes`, headers: { host: 'storage:8776' } });
    expect(answer.statusCode).toBe(204);
    expect(answer.payload).toBe('');
    expect(answer.headers['x-auth-token']).toBe('admin:admin');
    expect(answer.headers['x-server-management-url']).toBe(`http://storage:8776/v3/${project}/volumes`);
  });

  it('takes user and project from the token, and everybody as administrator', async () => {
    const contexts: unknown[] = [];
    const api = await testApi({
      volumes: {
        list: async (context) => {
          contexts.push(context);
          return { kind: 'page', rows: [], more: false, count: 0 };
        },
      },
    });
    await api.ask({ path: '//v3/volumes', headers: { 'x-auth-token': 'me:0f0f' } });
    await api.ask({ path: '//v3/volumes', headers: { 'x-auth-token': 'abcd' } });
    expect(contexts).toEqual([
      {
        userId: 'me',
        projectId: '0f0f',
        isAdmin: true,
        requestId: 'req-00000000-0000-4000-8000-000000000001',
      },
      {
        userId: 'abcd',
        projectId: 'abcd',
        isAdmin: true,
        requestId: 'req-00000000-0000-4000-8000-000000000002',
      },
    ]);
  });

  it('refuses a path of another project', async () => {
    const api = await testApi();
    const answer = await api.ask({ path: '/volumes', headers: { 'x-auth-token': 'me:ffff' } });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ badRequest: { code: 400, message: 'Malformed request url' } });
  });

  it('refuses as the strategy refuses', async () => {
    const api = await testApi(
      {},
      {
        auth: {
          authenticate: async () => ({
            kind: 'refused',
            error: new ApiError(401, 'Authentication required'),
          }),
        },
      },
    );
    expect(await api.ask('/volumes')).toMatchObject({
      status: 401,
      body: { unauthorized: { code: 401, message: 'Authentication required' } },
    });
  });
});

describe('routes', () => {
  it('answer with and without the project in the path', async () => {
    const api = await testApi(emptyList);
    for (const path of ['/volumes', '//v3/volumes', '/volumes/', `//v3/${project}/volumes?limit=3`]) {
      expect(await api.ask(path)).toMatchObject({ status: 200, body: { volumes: [] } });
    }
  });

  it.each([
    ['GET', '/nosuch'],
    ['PATCH', '/volumes'],
    ['GET', '//v2/'],
    ['GET', '//v3/my-name/volumes'],
    ['GET', '/backups'],
  ] as const)('nobody knows are not found: %s %s', async (method, path) => {
    const api = await testApi();
    expect(await api.ask({ method, path })).toMatchObject({ status: 404, body: unknownRoute });
  });

  it.each([
    ['GET', '/attachments', '3.26'],
    ['POST', '/attachments/x/action', '3.43'],
    ['GET', '/volumes/summary', '3.11'],
    ['GET', '/messages', '3.2'],
    ['GET', '/resource_filters', '3.32'],
  ] as const)('of a later microversion are not found: %s %s at %s', async (method, path, version) => {
    const api = await testApi();
    const answer = await api.ask({ method, path, version, ...(method === 'POST' ? { body: {} } : {}) });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      itemNotFound: { code: 404, message: 'The resource could not be found.' },
    });
    expect(answer.headers['openstack-api-version']).toBe(`volume ${version}`);
  });

  it('refuse an address that cannot be read', async () => {
    const api = await testApi();
    expect(await api.ask('/volumes/%zz')).toMatchObject({
      status: 400,
      body: { badRequest: { code: 400, message: 'The request cannot be understood.' } },
    });
  });
});

describe('answers', () => {
  it('repeat the microversion and carry the request id twice', async () => {
    const api = await testApi(emptyList);
    const { headers } = await api.ask({ path: '/volumes', version: 'latest' });
    expect(headers['openstack-api-version']).toBe('volume 3.70');
    expect(headers.vary).toBe('OpenStack-API-Version');
    expect(headers['x-openstack-request-id']).toBe('req-00000000-0000-4000-8000-000000000001');
    expect(headers['x-compute-request-id']).toBe('req-00000000-0000-4000-8000-000000000001');
    expect((await api.ask({ path: '/volumes', version: null })).headers['openstack-api-version']).toBe(
      'volume 3.0',
    );
  });

  it.each([
    ['3.71', 'volume 3.71'],
    ['2.0', undefined],
  ])('refuse microversion %s', async (version, shown) => {
    const api = await testApi();
    const answer = await api.ask({ path: '/volumes', version });
    expect(answer.status).toBe(406);
    expect(answer.body).toEqual({
      computeFault: {
        code: 406,
        message: `Version ${version} is not supported by the API. Minimum is 3.0 and maximum is 3.70.`,
      },
    });
    expect(answer.headers['openstack-api-version']).toBe(shown);
  });
});

describe('bodies', () => {
  const post = { method: 'POST', path: '/volumes' } as const;

  it('that are no JSON are refused', async () => {
    const api = await testApi();
    expect(await api.ask({ ...post, body: '{"volume":' })).toMatchObject({
      status: 400,
      body: { badRequest: { code: 400, message: 'Malformed request body' } },
    });
  });

  it('of another type are refused', async () => {
    const api = await testApi();
    expect(
      await api.ask({ ...post, body: '<volume/>', headers: { 'content-type': 'application/xml' } }),
    ).toMatchObject({
      status: 415,
      body: { badMediaType: { code: 415, message: 'Unsupported Content-Type' } },
    });
  });

  it('of 114688 bytes are read, and larger ones refused', async () => {
    const api = await testApi();
    const padded = (bytes: number): string => {
      const around = '{"other":""}'.length;
      return `{"other":"${'x'.repeat(bytes - around)}"}`;
    };
    expect(await api.ask({ ...post, body: padded(114_688) })).toMatchObject({
      body: { badRequest: { message: "'volume' is a required property" } },
    });
    const answer = await api.ask({ ...post, body: padded(114_689) });
    expect(answer.status).toBe(413);
    expect(answer.headers['retry-after']).toBe('0');
    expect(answer.body).toEqual({
      overLimit: { code: 413, message: 'Request is too large.', retryAfter: '0' },
    });
  });
});

describe('failures', () => {
  it.each([
    ['invalid-input', 400, 'badRequest'],
    ['invalid-volume', 400, 'badRequest'],
    ['invalid-group', 400, 'badRequest'],
    ['invalid-group-snapshot', 400, 'badRequest'],
    ['invalid-reference', 400, 'badRequest'],
    ['forbidden', 403, 'forbidden'],
    ['group-not-found', 404, 'itemNotFound'],
    ['group-snapshot-not-found', 404, 'itemNotFound'],
    ['group-type-not-found', 404, 'itemNotFound'],
    ['qos-specs-not-found', 404, 'itemNotFound'],
    ['volume-not-found', 404, 'itemNotFound'],
    ['conflict', 409, 'conflictingRequest'],
    ['backend-failure', 500, 'computeFault'],
    ['backend-unavailable', 500, 'computeFault'],
    ['stopping', 503, 'serviceUnavailable'],
  ] as const)('%s is a %i %s', async (code, status, fault) => {
    const api = await testApi({
      volumes: {
        get: async () => {
          throw new BlockStorageError(code, 'said below');
        },
      },
    });
    const answer = await api.ask('/volumes/v');
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ [fault]: { code: status, message: 'said below' } });
  });

  it('over quota says when to try again', async () => {
    const api = await testApi({
      volumes: {
        get: async () => {
          throw new BlockStorageError('over-quota', 'VolumeLimitExceeded: ...');
        },
      },
    });
    const answer = await api.ask('/volumes/v');
    expect(answer.status).toBe(413);
    expect(answer.headers['retry-after']).toBe('0');
    expect(answer.body).toEqual({
      overLimit: { code: 413, message: 'VolumeLimitExceeded: ...', retryAfter: '0' },
    });
  });

  it('that nobody meant are logged and not told', async () => {
    const api = await testApi({
      volumes: {
        get: async () => {
          throw new Error('SELECT secret FROM somewhere');
        },
      },
    });
    const answer = await api.ask('/volumes/v');
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      computeFault: {
        code: 500,
        message: 'The server has either erred or is incapable of performing the requested operation.',
      },
    });
    expect(api.logged.map(({ message }) => message)).toEqual(['a request failed', 'request']);
  });
});

describe('the log', () => {
  it('has one line for a request, with the ids but not the address', async () => {
    const api = await testApi({ volumes: { get: async () => aVolume() } });
    const global = 'req-99999999-9999-4999-8999-999999999999';
    await api.ask({ path: '/volumes/v?secret=1', headers: { 'x-openstack-request-id': global } });
    expect(api.logged).toEqual([
      {
        message: 'request',
        fields: {
          request: 'req-00000000-0000-4000-8000-000000000001',
          global_request: global,
          method: 'GET',
          route: '/v3/{project_id}/volumes/{id}',
          status: 200,
          milliseconds: 0,
          project,
          user,
        },
      },
    ]);
  });

  it('takes no global request id that is none', async () => {
    const api = await testApi(emptyList);
    await api.ask({ path: '/volumes', headers: { 'x-openstack-request-id': 'req-1 forged line' } });
    expect(api.logged[0]?.fields.global_request).toBeUndefined();
  });

  it('never holds a token, a connector or a CHAP secret', async () => {
    const secret = 'chap-secret-of-host-7';
    const api = await testApi({
      volumes: {
        initializeConnection: async () => ({
          driver_volume_type: 'iscsi',
          data: { auth_method: 'CHAP', auth_password: secret },
        }),
        terminateConnection: async () => {
          throw new BlockStorageError('backend-failure', 'the array is away');
        },
      },
    });
    const answer = await api.ask({
      method: 'POST',
      path: '/volumes/v/action',
      body: { 'os-initialize_connection': { connector: { host: 'h', discovery_auth_password: secret } } },
    });
    expect(answer.text).toContain(secret);
    await api.ask({
      method: 'POST',
      path: '/volumes/v/action',
      body: { 'os-terminate_connection': { connector: { host: secret } } },
    });
    await api.ask({ method: 'POST', path: '/volumes/v/action', body: `{"os-attach": "${secret}` });
    await api.ask({ method: 'PUT', path: `/volumes/v?auth=${secret}`, body: { volume: secret } });
    expect(api.logged.length).toBeGreaterThanOrEqual(4);
    const text = JSON.stringify(api.logged);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(`${user}:${project}`);
  });
});

describe('closing', () => {
  it('does not wait for a request whose other half never comes', async () => {
    const patience = Promise.withResolvers<void>();
    const { server } = await testApi(
      {},
      { clock: { now: () => 0, elapsed: () => 0, wait: () => patience.promise } },
    );
    const address = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(address.port), address.hostname);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    const arrived = new Promise((resolve) => socket.once('data', resolve));
    // The server says `continue` when it has the head of the request, and waits for its body.
    socket.write(
      'POST /v3/p/volumes HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n',
    );
    await arrived;
    let isClosed = false;
    const closing = server.close().then(() => {
      isClosed = true;
    });
    patience.resolve();
    await expect.poll(() => isClosed).toBe(true);
    await Promise.all([closing, ended]);
  });
});
