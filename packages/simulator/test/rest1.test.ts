import { describe, expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

const gibibyte = 1_073_741_824;
const refused = (msg: string, ctx: string) => ({ status: 400, json: [{ msg, ctx }] });

describe('sessions', () => {
  test('every reply sets the cookie again; without it the session is not known', async () => {
    const { rest1, send } = await aRunningArray();
    const call = await rest1('1.5');
    const answer = await call('GET', 'array');
    expect(String(answer.headers['set-cookie'])).toMatch(/^session=/);
    expect(await send('GET', '/api/1.5/array')).toMatchObject({ status: 401 });
  });

  test('a session ends after half an hour without a call', async () => {
    const { rest1, control } = await aRunningArray();
    const call = await rest1('1.19');
    await control.advance(1_800_000);
    expect(await call('GET', 'volume')).toMatchObject({ status: 401 });
  });

  test('an array of REST 1.0 alone answers', async () => {
    const call = await (await aRunningArray({ purityVersion: '3.4.0' })).rest1('1.0');
    expect(await call('GET', 'array')).toMatchObject({ json: { array_name: 'fa1', version: '3.4.0' } });
    await call('POST', 'volume/v1', { body: { size: gibibyte } });
    expect(await call('GET', 'volume')).toMatchObject({ json: [{ created: 'Thu Jan 01 00:00:00 2026' }] });
  });
});

describe('parameters', () => {
  test.each([
    ['as JSON in the body of a GET', 'volume', { pending: true }],
    ['as text in the query', 'volume?pending=true', undefined],
    ['as text in the body', 'volume', { pending: 'true' }],
  ])('come %s', async (_how, path, body) => {
    const { rest1, control } = await aRunningArray();
    const call = await rest1('1.19');
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
    await control.admin('fa1', { kind: 'destroyVolume', name: 'v1' });
    expect(await call('GET', path, body === undefined ? {} : { body })).toMatchObject({
      json: [{ name: 'v1', time_remaining: 86_400 }],
    });
    expect(await call('GET', 'volume', { body: null })).toMatchObject({ json: [] });
  });
});

describe('volumes', () => {
  test('one is made, grown, destroyed, recovered and eradicated', async () => {
    const call = await (await aRunningArray()).rest1('1.5');
    expect(await call('POST', 'volume/v1', { body: { size: '1G' } })).toMatchObject({
      status: 200,
      json: { name: 'v1', size: 1_073_741_824, created: '2026-01-01T00:00:00Z', source: null },
    });
    expect(await call('POST', 'volume/v1', { body: { size: gibibyte } })).toMatchObject(
      refused('Volume already exists.', 'v1'),
    );
    expect(await call('PUT', 'volume/v1', { body: { size: 2 * gibibyte, truncate: false } })).toMatchObject({
      json: { name: 'v1', size: 2_147_483_648 },
    });
    expect(await call('PUT', 'volume/v1', { body: { size: 2 * gibibyte, truncate: false } })).toMatchObject(
      refused('Implicit truncation not permitted.', 'v1'),
    );
    expect(await call('DELETE', 'volume/v1', { body: { eradicate: true } })).toMatchObject(
      refused('Volume is not destroyed.', 'v1'),
    );
    expect(await call('DELETE', 'volume/v1')).toMatchObject({ json: { name: 'v1' } });
    expect(await call('DELETE', 'volume/v1')).toMatchObject(refused('Volume has been destroyed.', 'v1'));
    expect(await call('GET', 'volume/v1')).toMatchObject(refused('Volume does not exist.', 'v1'));
    expect(await call('PUT', 'volume/v1', { body: { action: 'recover' } })).toMatchObject({ status: 200 });
    await call('DELETE', 'volume/v1');
    expect(await call('DELETE', 'volume/v1', { body: { eradicate: true } })).toMatchObject({ status: 200 });
    expect(await call('GET', 'volume/v1')).toMatchObject(refused('Volume does not exist.', 'v1'));
  });

  test('an error is a list whose first key is pure_err_key', async () => {
    const call = await (await aRunningArray()).rest1('1.19');
    expect((await call('GET', 'volume/v9')).text).toMatch(/^\[\{"pure_err_key":/);
  });

  test('snapshots are taken together, copied from and destroyed', async () => {
    const { rest1, control } = await aRunningArray();
    const call = await rest1('1.19');
    for (const name of ['v1', 'v2']) await call('POST', `volume/${name}`, { body: { size: gibibyte } });
    await control.writeVolume('fa1', 'v1', 0, Uint8Array.of(4));
    const taken = await call('POST', 'volume', { body: { snap: true, source: ['v1', 'v2'], suffix: 's1' } });
    expect(taken).toMatchObject({
      json: [
        { name: 'v1.s1', source: 'v1' },
        { name: 'v2.s1', source: 'v2' },
      ],
    });
    expect(await call('POST', 'volume/v3', { body: { source: 'v1.s1' } })).toMatchObject({
      json: { name: 'v3', source: 'v1' },
    });
    expect([...(await control.readVolume('fa1', 'v3', 0, 1))]).toEqual([4]);
    expect(await call('DELETE', 'volume/v1.s1')).toMatchObject({ json: { name: 'v1.s1' } });
    expect(await call('DELETE', 'volume/v1.s9')).toMatchObject(
      refused('No such volume or snapshot.', 'v1.s9'),
    );
  });
});

describe('hosts', () => {
  test('a host is made, connected, disconnected and deleted', async () => {
    const call = await (await aRunningArray()).rest1('1.5');
    await call('POST', 'volume/v1', { body: { size: gibibyte } });
    const iqnlist = ['iqn.2024-01.example:a'];
    expect(await call('POST', 'host/h1', { body: { iqnlist } })).toMatchObject({
      json: { name: 'h1', iqn: iqnlist, wwn: [] },
    });
    expect(await call('POST', 'host/h2', { body: { iqnlist } })).toMatchObject({
      status: 400,
      json: [{ msg: 'The specified IQN is already in use.' }],
    });
    expect(await call('POST', 'host/h1/volume/v1')).toMatchObject({
      json: { name: 'h1', vol: 'v1', lun: 1 },
    });
    expect(await call('POST', 'host/h1/volume/v1')).toMatchObject(
      refused('Connection already exists.', 'v1'),
    );
    expect(await call('GET', 'volume/v1/host')).toMatchObject({ json: [{ host: 'h1', lun: 1, name: 'v1' }] });
    expect(await call('GET', 'host/h1/volume', { body: { private: true } })).toMatchObject({
      json: [{ name: 'h1', vol: 'v1', lun: 1 }],
    });
    expect(await call('DELETE', 'host/h1')).toMatchObject(
      refused('Host cannot be deleted due to existing connections.', 'h1'),
    );
    expect(await call('DELETE', 'host/h1/volume/v1')).toMatchObject({ json: { name: 'h1', vol: 'v1' } });
    const again = await call('DELETE', 'host/h1/volume/v1');
    expect(again).toMatchObject({ status: 400 });
    expect(again.text).toContain('is not connected');
    expect(await call('DELETE', 'host/h1')).toMatchObject({ json: { name: 'h1' } });
    expect(await call('GET', 'host/h1')).toMatchObject(refused('Host does not exist.', 'h1'));
  });

  test('NQNs and personalities come with their versions', async () => {
    const { rest1 } = await aRunningArray();
    const [v15, v116] = [await rest1('1.15'), await rest1('1.16')];
    await v15('POST', 'host/h1', { body: { iqnlist: [] } });
    expect((await v15('GET', 'host')).text).not.toContain('nqn');
    expect(await v116('GET', 'host')).toMatchObject({ json: [{ name: 'h1', nqn: [] }] });
    expect(await v116('PUT', 'host/h1', { body: { personality: 'esxi' } })).toMatchObject({
      json: { name: 'h1', personality: 'esxi' },
    });
  });
});

test.each([
  ['1.5', { capacity: 1_099_511_627_776, total: 0 }],
  ['1.6', [{ capacity: 1_099_511_627_776, total: 0 }]],
])('the space of the array has the shape of REST %s', async (version, json) => {
  const call = await (await aRunningArray({ capacity: 1_099_511_627_776 })).rest1(version);
  expect(await call('GET', 'array', { body: { space: true } })).toMatchObject({ json });
});

test('lists are paged from REST 1.7 on', async () => {
  const { rest1, control } = await aRunningArray();
  await control.admin('fa1', { kind: 'seedVolumes', count: 3, prefix: 'v' });
  const call = await rest1('1.7');
  const first = await call('GET', 'volume?limit=2');
  expect(first).toMatchObject({ json: [{ name: 'v1' }, { name: 'v2' }] });
  expect(first.headers['x-total-item-count']).toBe('3');
  const token = encodeURIComponent(String(first.headers['x-next-token']));
  expect(await call('GET', `volume?limit=2&token=${token}`)).toMatchObject({ json: [{ name: 'v3' }] });
  expect(await call('GET', "volume?filter=name%3D'v*'&sort=name-&limit=1")).toMatchObject({
    json: [{ name: 'v3' }],
  });
});

test('limits are taken as numbers with a unit', async () => {
  const call = await (await aRunningArray()).rest1('1.17');
  await call('POST', 'volume/v1', { body: { size: gibibyte } });
  const body = { iops_limit: '23K', bandwidth_limit: '58M' };
  expect(await call('PUT', 'volume/v1', { body })).toMatchObject({
    json: { name: 'v1', iops_limit: 23_000, bandwidth_limit: 60_817_408 },
  });
});
