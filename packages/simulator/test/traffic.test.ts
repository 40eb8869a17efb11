import { describe, expect, test } from 'vitest';
import { connectControl } from '../src/index.ts';
import { aRunningArray } from './support/running-array.ts';

describe('faults', () => {
  test('one strikes after those to skip, as often as told', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.addFault('fa1', {
      kind: 'status',
      status: 503,
      skip: 1,
      times: 2,
      match: { method: 'GET', path: 'volumes' },
    });
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await call('GET', 'volumes')).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect((await call('GET', 'hosts')).status).toBe(200);
    expect(await control.faults('fa1')).toMatchObject([{ struck: 2 }]);
  });

  test('an error has the body of the generation asked; a 5xx without a message is not JSON', async () => {
    const { rest1, rest2, control } = await aRunningArray();
    const [old, call] = [await rest1('1.19'), await rest2('2.26')];
    await control.addFault('fa1', {
      kind: 'status',
      status: 400,
      message: 'No.',
      context: 'v1',
      times: null,
    });
    expect((await call('GET', 'volumes')).json).toEqual({ errors: [{ context: 'v1', message: 'No.' }] });
    expect((await old('GET', 'volume')).json).toMatchObject([{ ctx: 'v1', msg: 'No.' }]);
    await control.clearFaults('fa1');
    await control.addFault('fa1', { kind: 'status', status: 503 });
    expect((await call('GET', 'volumes')).json).toBeUndefined();
  });

  test('login is struck only when it is named', async () => {
    const { send, token, control } = await aRunningArray();
    const login = () => send('POST', '/api/2.26/login', { headers: { 'api-token': token } });
    const { id } = await control.addFault('fa1', { kind: 'status', status: 500, times: null });
    expect((await login()).status).toBe(200);
    await control.removeFault('fa1', id);
    await control.addFault('fa1', { kind: 'status', status: 500, match: { path: 'login' } });
    expect((await login()).status).toBe(500);
  });

  test.each([
    ['before-apply', []],
    ['after-apply', ['v1']],
  ] as const)('a connection cut %s leaves %j', async (phase, names) => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.addFault('fa1', { kind: 'cut', phase });
    await expect(call('POST', 'volumes?names=v1', { body: {} })).rejects.toThrow();
    expect((await control.state('fa1')).volumes.map((volume) => volume.name)).toEqual(names);
    expect(await control.requests('fa1')).toMatchObject([
      { path: 'login' },
      { path: 'volumes', status: null, applied: phase === 'after-apply' },
    ]);
  });

  test('half a body is sent of a request that was applied', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.addFault('fa1', { kind: 'half-body' });
    await expect(call('POST', 'volumes?names=v1', { body: {} })).rejects.toThrow();
    expect((await control.state('fa1')).volumes).toMatchObject([{ name: 'v1' }]);
  });

  test('a host goes right before the request that needs it', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: 1_048_576 });
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.addFault('fa1', { kind: 'delete-host', host: 'h1', match: { path: 'connections' } });
    expect(await call('POST', 'connections?host_names=h1&volume_names=v1')).toMatchObject({
      status: 400,
      json: { errors: [{ context: 'h1', message: 'Host does not exist.' }] },
    });
  });

  test('a match looks at the parameters, of REST 1 also in the body', async () => {
    const { rest1, rest2, control } = await aRunningArray();
    const [old, call] = [await rest1('1.19'), await rest2('2.26')];
    await control.addFault('fa1', { kind: 'status', status: 500, match: { query: { names: 'v2' } } });
    expect((await call('POST', 'volumes?names=v1', { body: {} })).status).toBe(200);
    expect((await call('POST', 'volumes?names=v2', { body: {} })).status).toBe(500);
    await control.addFault('fa1', { kind: 'status', status: 500, match: { query: { pending: 'true' } } });
    expect((await old('GET', 'volume', { body: { pending: true } })).status).toBe(500);
  });

  test('an unusable pattern is refused', async () => {
    const { control } = await aRunningArray();
    await expect(control.addFault('fa1', { kind: 'hang', match: { path: '/(/' } })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

describe('holds', () => {
  test('a request held before it is applied has no effect until it is released', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    const { id } = await control.armHold('fa1', { phase: 'before-apply', match: { method: 'POST' } });
    const answer = call('POST', 'volumes?names=v1', { body: {} });
    expect(await control.waitForHold('fa1', id, 10_000)).toMatchObject({
      kind: 'held',
      request: { method: 'POST', path: 'volumes', applied: false },
    });
    expect((await control.state('fa1')).volumes).toEqual([]);
    await control.releaseHold('fa1', id, 'continue');
    expect((await answer).status).toBe(200);
  });

  test('a request held before its reply has taken effect', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    const { id } = await control.armHold('fa1', { phase: 'before-reply', match: { path: 'volumes' } });
    const answer = call('POST', 'volumes?names=v1', { body: {} });
    await control.waitForHold('fa1', id, 10_000);
    expect((await control.state('fa1')).volumes).toMatchObject([{ name: 'v1' }]);
    await control.releaseHold('fa1', id, 'drop');
    await expect(answer).rejects.toThrow();
  });

  test.each(['dropped', 'left by its client'])('a request that is %s is never applied', async (how) => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    const { id } = await control.armHold('fa1', { phase: 'before-apply', match: { path: 'volumes' } });
    const client = new AbortController();
    const answer = call('POST', 'volumes?names=v1', { body: {}, signal: client.signal });
    const failed = expect(answer).rejects.toThrow();
    await control.waitForHold('fa1', id, 10_000);
    if (how === 'dropped') await control.releaseHold('fa1', id, 'drop');
    else client.abort();
    await failed;
    // A later request shows that the array went on.
    expect((await call('GET', 'hosts')).status).toBe(200);
    await control.releaseHold('fa1', id, 'continue');
    expect((await control.state('fa1')).volumes).toEqual([]);
  });

  test('waiting for a request that does not come ends', async () => {
    const { control } = await aRunningArray();
    const { id } = await control.armHold('fa1', { phase: 'before-apply' });
    expect(await control.waitForHold('fa1', id, 1)).toEqual({ kind: 'timeout' });
  });
});

test('the gate counts requests sent together as one round', async () => {
  const { rest2, control } = await aRunningArray();
  const call = await rest2('2.26');
  await control.openGate('fa1');
  await Promise.all([call('GET', 'hosts'), call('GET', 'ports')]);
  await call('POST', 'volumes?names=v1', { body: {} });
  const { rounds } = await control.closeGate('fa1');
  expect(rounds.map((round) => [...round].sort())).toEqual([['GET hosts', 'GET ports'], ['POST volumes']]);
  expect((await call('GET', 'volumes')).status).toBe(200);
});

test('an array that is down refuses connections, and is found again where it was', async () => {
  const { rest2, control } = await aRunningArray();
  const call = await rest2('2.26');
  await control.setArrayDown('fa1', true);
  await expect(call('GET', 'volumes')).rejects.toThrow();
  expect((await control.state('fa1')).down).toBe(true);
  await control.setArrayDown('fa1', false);
  expect((await call('GET', 'volumes')).status).toBe(200);
});

test('no secret is in the log, the requests or the state', async () => {
  const { rest1, rest2, token, control, log } = await aRunningArray();
  const [old, call] = [await rest1('1.19'), await rest2('2.26')];
  const chap = { host_user: 'u', host_password: 'correct-horse-battery' };
  await call('POST', 'hosts?names=h1', { body: { chap } });
  await old('PUT', 'host/h1', { body: { host_password: 'correct-horse-staple' } });
  await old('PUT', 'host/h1?host_password=correct-horse-in-query');
  const told = JSON.stringify([log, await control.requests('fa1'), await control.state('fa1')]);
  expect(log.length).toBe(5);
  expect(told).toContain('****');
  expect(told).not.toContain('correct-horse');
  expect(told).not.toContain(token);
});

test('requests are told since a sequence number, with status and user', async () => {
  const { rest2, control } = await aRunningArray();
  const call = await rest2('2.26');
  await call('GET', 'volumes?names=nothere', { headers: { 'user-agent': 'a client' } });
  expect(await control.requests('fa1', { since: 1 })).toEqual([
    {
      sequence: 2,
      method: 'GET',
      path: 'volumes',
      version: '2.26',
      query: { names: 'nothere' },
      body: null,
      status: 400,
      userAgent: 'a client',
      user: 'pureuser',
      at: '2026-01-01T00:00:00.000Z',
      applied: false,
    },
  ]);
});

test('a reset brings back the first start, and keeps tokens', async () => {
  const { rest2, control } = await aRunningArray();
  await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: 1_048_576 });
  await control.addFault('fa1', { kind: 'status', status: 500, times: null });
  await control.reset();
  expect((await control.state('fa1')).volumes).toEqual([]);
  expect((await (await rest2('2.26'))('GET', 'volumes')).status).toBe(200);
});

test('a control interface that nobody listens on is unreachable', async () => {
  await expect(connectControl('http://127.0.0.1:1').clock()).rejects.toMatchObject({ code: 'unreachable' });
});
