import { describe, expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

const refused = (message: string, context: string | null) => ({
  status: 400,
  json: { errors: [{ context, message }] },
});

describe('sessions', () => {
  test('versions are told without a session, anything else is not', async () => {
    const { send } = await aRunningArray({ restVersions: ['1.19', '2.4', '2.26'] });
    expect(await send('GET', '/api/api_version')).toMatchObject({
      status: 200,
      json: { version: ['1.19', '2.4', '2.26'] },
    });
    expect(await send('GET', '/api/2.26/volumes')).toMatchObject({ status: 401 });
    expect(await send('POST', '/api/2.26/login', { headers: { 'api-token': 'wrong' } })).toMatchObject({
      status: 401,
    });
    expect(await send('GET', '/api/2.25/volumes')).toMatchObject({ status: 404 });
    expect(await send('GET', '/api/1.18/volume')).toMatchObject({ status: 450 });
  });

  test('a session ends after half an hour without a call, and each call renews it', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.advance(1_799_999);
    expect(await call('GET', 'volumes')).toMatchObject({ status: 200 });
    await control.advance(1_799_999);
    expect(await call('GET', 'volumes')).toMatchObject({ status: 200 });
    await control.advance(1_800_000);
    expect(await call('GET', 'volumes')).toMatchObject({
      status: 401,
      json: { errors: [{ context: null, message: 'Invalid or expired session.' }] },
    });
  });

  test('logging out ends a session', async () => {
    const call = await (await aRunningArray()).rest2('2.4');
    expect(await call('POST', 'logout')).toMatchObject({ status: 200, text: '' });
    expect(await call('GET', 'arrays')).toMatchObject({ status: 401 });
  });

  test('a read-only user reads, and may not write', async () => {
    const { rest2 } = await aRunningArray({
      apiTokens: { viewer: '11111111-2222-3333-4444-555555555555' },
      readOnlyUsers: ['viewer'],
    });
    const call = await rest2('2.26');
    expect(await call('GET', 'volumes')).toMatchObject({ status: 200 });
    expect(await call('POST', 'volumes?names=v1', { body: {} })).toMatchObject({ status: 403 });
  });

  test('a request id is echoed', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    const answer = await call('GET', 'volumes', { headers: { 'X-Request-ID': 'r-17' } });
    expect(answer.headers['x-request-id']).toBe('r-17');
  });

  test('a request without an id is given one, whatever the answer', async () => {
    const { rest2, send, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.addFault('fa1', {
      kind: 'status',
      status: 503,
      message: 'Busy.',
      match: { path: 'hosts' },
    });
    const answers = [
      await call('GET', 'volumes'),
      await call('GET', 'volumes?names=missing'),
      await call('GET', 'hosts'),
      await call('GET', 'no-such-path'),
      await send('GET', '/api/2.26/volumes'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 503, 404, 401]);
    const ids = answers.map(({ headers }) => String(headers['x-request-id']));
    expect(new Set(ids).size).toBe(5);
    expect(ids.filter((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
  });
});

describe('lists', () => {
  test('pages follow each other by token, each object once', async () => {
    const { rest2, control } = await aRunningArray({ pageCap: 2 });
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 5, prefix: 'v' });
    const first = await call('GET', 'volumes?limit=10&total_item_count=true');
    expect(first).toMatchObject({
      json: { items: [{ name: 'v1' }, { name: 'v2' }], more_items_remaining: true, total_item_count: 5 },
    });
    const token = tokenOf(first.json);
    // One that was shown goes, so that an offset would skip one.
    await control.admin('fa1', { kind: 'destroyVolume', name: 'v1' });
    await control.admin('fa1', { kind: 'eradicateVolume', name: 'v1' });
    const second = await call('GET', `volumes?continuation_token=${encodeURIComponent(token)}`);
    expect(second).toMatchObject({
      json: { items: [{ name: 'v3' }, { name: 'v4' }], more_items_remaining: true, total_item_count: null },
    });
    const third = await call('GET', `volumes?continuation_token=${encodeURIComponent(tokenOf(second.json))}`);
    expect(third).toMatchObject({
      json: { items: [{ name: 'v5' }], more_items_remaining: false, continuation_token: null },
    });
  });

  test('a sorted list is continued by offset', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 3, prefix: 'v' });
    expect(await call('GET', 'volumes?sort=name-&limit=2')).toMatchObject({
      json: {
        items: [{ name: 'v3' }, { name: 'v2' }],
        more_items_remaining: true,
        continuation_token: null,
      },
    });
    expect(await call('GET', 'volumes?sort=name-&limit=2&offset=2')).toMatchObject({
      json: { items: [{ name: 'v1' }], more_items_remaining: false },
    });
  });

  test('a limit of 0 counts', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 3, prefix: 'v' });
    await control.admin('fa1', { kind: 'destroyVolume', name: 'v2' });
    expect(await call('GET', 'volumes?limit=0&total_item_count=true&destroyed=false')).toMatchObject({
      json: { items: [], total_item_count: 2 },
    });
  });

  test('50,000 volumes are counted and paged', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 50_000, prefix: 'v' });
    const page = await call('GET', 'volumes?total_item_count=true');
    expect(page).toMatchObject({ json: { total_item_count: 50_000, more_items_remaining: true } });
  });

  test('seeded snapshots and hosts are there, and connected', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 12, prefix: 'v', digits: 3, suffix: '-x' });
    await control.admin('fa1', { kind: 'seedSnapshots', volumePrefix: 'v', perVolume: 2, suffix: 's' });
    await control.admin('fa1', { kind: 'seedHosts', count: 3, prefix: 'h', connections: 2 });
    expect(await call('GET', 'volume-snapshots?total_item_count=true&limit=1')).toMatchObject({
      json: { total_item_count: 24, items: [{ name: 'v001-x.s1', source: { name: 'v001-x' } }] },
    });
    expect(await call('GET', 'connections?host_names=h2')).toMatchObject({
      json: {
        items: [
          { volume: { name: 'v003-x' }, lun: 1 },
          { volume: { name: 'v004-x' }, lun: 2 },
        ],
      },
    });
  });
});

describe('versions', () => {
  test.each([
    ['2.4', 'GET', 'volumes?context_names=fa1', 'context_names'],
    ['2.4', 'POST', 'volumes?names=v1&with_default_protection=false', 'with_default_protection'],
    ['2.26', 'GET', 'hosts?destroyed=false', 'destroyed'],
    ['2.26', 'GET', 'volumes?nmaes=v1', 'nmaes'],
  ])('REST %s refuses the parameter of a later version in %s %s', async (version, method, path, context) => {
    const call = await (await aRunningArray()).rest2(version);
    expect(await call(method, path)).toMatchObject(refused('Invalid parameter.', context));
  });

  test('a field of a later version is neither taken nor shown', async () => {
    const { rest2 } = await aRunningArray();
    const old = await rest2('2.4');
    expect(await old('POST', 'hosts?names=h1', { body: { vlan: '7' } })).toMatchObject(
      refused('Invalid parameter.', 'vlan'),
    );
    await old('POST', 'hosts?names=h1', { body: {} });
    expect(JSON.stringify((await old('GET', 'hosts')).json)).not.toContain('vlan');
    const later = await rest2('2.26');
    expect(await later('GET', 'hosts')).toMatchObject({ json: { items: [{ vlan: 'any' }] } });
  });

  test('a path of a later version is not there', async () => {
    const { rest2 } = await aRunningArray();
    const old = await rest2('2.4');
    expect(await old('GET', 'container-default-protections')).toMatchObject({ status: 404 });
    const later = await rest2('2.16');
    expect(await later('GET', 'container-default-protections')).toMatchObject({
      json: { items: [{ name: '', default_protections: [] }] },
    });
  });
});

describe('tags', () => {
  test('a batch sets tags by key and leaves the others; copyable ones go to copies', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: {} });
    const namespace = 'openstack.example';
    const put = (tags: readonly object[]) =>
      call('PUT', 'volumes/tags/batch?resource_names=v1', { body: tags });
    await put([
      { namespace, key: 'a', value: '1', copyable: true },
      { namespace, key: 'b', value: '2', copyable: false },
    ]);
    await put([{ namespace, key: 'a', value: '3', copyable: true }]);
    await call('POST', 'volumes?names=v2', { body: { source: { name: 'v1' } } });
    const tagsOf = async (name: string) =>
      (await call('GET', `volumes/tags?resource_names=${name}&namespaces=${namespace}`)).json;
    expect(await tagsOf('v1')).toMatchObject({
      items: [
        { key: 'a', value: '3' },
        { key: 'b', value: '2' },
      ],
    });
    expect(await tagsOf('v2')).toMatchObject({ items: [{ key: 'a', value: '3', resource: { name: 'v2' } }] });
    const gone = await call('DELETE', `volumes/tags?resource_names=v1&namespaces=${namespace}&keys=a`);
    expect(gone).toMatchObject({ status: 200 });
    expect(await tagsOf('v1')).toMatchObject({ items: [{ key: 'b' }] });
  });
});

test('ports are upper case, interfaces lower case, and an unknown port is no error', async () => {
  const call = await (await aRunningArray()).rest2('2.26');
  expect(await call('GET', 'ports?names=CT0.ETH4,VIR0')).toMatchObject({
    status: 200,
    json: { items: [{ name: 'CT0.ETH4', portal: '10.21.4.11:3260', nqn: null, wwn: null }] },
  });
  expect(await call('GET', "network-interfaces?filter=eth.subtype='vif'")).toMatchObject({
    json: { items: [{ name: 'vir0', services: ['management'] }] },
  });
});

function tokenOf(json: unknown): string {
  const token = typeof json === 'object' && json !== null && Reflect.get(json, 'continuation_token');
  if (typeof token !== 'string') throw new Error('there is no token');
  return token;
}
