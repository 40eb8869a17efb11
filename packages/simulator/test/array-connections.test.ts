import { describe, expect, test } from 'vitest';
import { hasDocument, replyProblems } from './support/openapi.ts';
import { runningArrays } from './support/running-array.ts';

const two = { arrays: [{ name: 'fa1' }, { name: 'fa2' }] };
const refused = (message: string) => ({ status: 400, json: { errors: [{ message }] } });

async function keyOf(fleet: Awaited<ReturnType<typeof runningArrays>>, name: string): Promise<string> {
  const answer = await (await fleet.array(name).rest2('2.26'))('GET', 'array-connections/connection-key');
  return String(answer.text.match(/[0-9a-f-]{36}/)?.[0]);
}

describe('REST 2', () => {
  test('an array is connected by the key of the other one and shown on both', async () => {
    const fleet = await runningArrays(two);
    const [fa1, fa2] = [await fleet.array('fa1').rest2('2.26'), await fleet.array('fa2').rest2('2.26')];
    const body = {
      management_address: '10.21.5.10',
      connection_key: await keyOf(fleet, 'fa2'),
      type: 'sync-replication',
      replication_transport: 'ip',
    };
    expect(await fa1('POST', 'array-connections', { body: { ...body, connection_key: 'x' } })).toMatchObject(
      refused('Invalid connection key.'),
    );
    expect(
      await fa1('POST', 'array-connections', { body: { ...body, replication_transport: 'tin' } }),
    ).toMatchObject(refused('Given Transport Type is invalid'));
    expect(await fa1('POST', 'array-connections', { body })).toMatchObject({
      status: 200,
      json: { items: [{ name: 'fa2', status: 'connected', type: 'sync-replication', version: '6.11.0' }] },
    });
    expect(await fa1('POST', 'array-connections', { body })).toMatchObject(
      refused('Array connection already exists.'),
    );
    expect(await fa2('GET', 'array-connections')).toMatchObject({
      json: { items: [{ name: 'fa1', management_address: null, status: 'connected' }] },
    });
    expect(await fa2('DELETE', 'array-connections?names=fa1')).toMatchObject({ status: 400 });
    expect(await fa1('DELETE', 'array-connections?names=fa2')).toMatchObject({ status: 200 });
    expect(await fa2('GET', 'array-connections')).toMatchObject({ json: { items: [] } });
    expect(JSON.stringify(await fleet.control.requests('fa1'))).not.toContain(body.connection_key);
  });

  test('the state follows the network and the loss of an array', async () => {
    const fleet = await runningArrays({ ...two, connections: [{ from: 'fa1', to: 'fa2' }] });
    const fa1 = await fleet.array('fa1').rest2('2.4');
    const status = async () => (await fa1('GET', 'array-connections?names=fa2')).json;
    const isShown = (text: string) => ({ items: [{ status: text, type: 'async-replication' }] });
    expect(await status()).toMatchObject(isShown('connected'));
    await fleet.control.setReplicationLink('fa1', 'fa2', 'partial');
    expect(await status()).toMatchObject(isShown('partially_connected'));
    await fleet.control.setReplicationLink('fa2', 'fa1', 'down');
    expect(await status()).toMatchObject(isShown('connecting'));
    await fleet.control.setReplicationLink('fa1', 'fa2', 'up');
    await fleet.control.setArrayDown('fa2', true);
    expect(await status()).toMatchObject(isShown('connecting'));
    await fleet.control.setArrayDown('fa2', false);
    expect(await status()).toMatchObject(isShown('connected'));
  });

  test.runIf(hasDocument('2.56')).each(['2.4', '2.26', '2.56'])('replies conform to %s', async (version) => {
    const fleet = await runningArrays({ ...two, connections: [{ from: 'fa1', to: 'fa2' }] });
    const fa1 = await fleet.array('fa1').rest2(version);
    for (const path of ['array-connections', 'array-connections/connection-key', 'array-connections/path']) {
      const { status, json } = await fa1('GET', path);
      expect(status).toBe(200);
      expect(replyProblems(version, 'GET', path, json)).toEqual([]);
    }
  });
});

describe('REST 1', () => {
  test.each([
    ['1.2', { type: ['replication'], connected: true }],
    ['1.13', { type: ['async-replication'], connected: true }],
    ['1.16', { type: 'async-replication', connected: true }],
    ['1.17', { type: 'async-replication', status: 'connected' }],
  ])('the shape of %s', async (version, shape) => {
    const fleet = await runningArrays(two);
    const [fa1, fa2] = [await fleet.array('fa1').rest1(version), await fleet.array('fa2').rest1(version)];
    const key = await fa2('GET', 'array', { body: { connection_key: true } });
    const connection_key = String(key.text.match(/[0-9a-f-]{36}/)?.[0]);
    const body = { management_address: fleet.array('fa2').address, connection_key, type: shape.type };
    expect(await fa1('POST', 'array/connection', { body })).toMatchObject({
      json: { array_name: 'fa2', throttled: false, ...shape },
    });
    expect(await fa2('GET', 'array/connection')).toMatchObject({
      json: [{ array_name: 'fa1', management_address: null, replication_address: null, ...shape }],
    });
    expect(await fa2('DELETE', 'array/connection/fa1')).toMatchObject({ status: 400 });
    expect(await fa1('DELETE', 'array/connection/fa2')).toMatchObject({ json: { name: 'fa2' } });
  });

  test('REST 1.0 has no connections', async () => {
    const fleet = await runningArrays(two);
    const fa1 = await fleet.array('fa1').rest1('1.1');
    expect(await fa1('GET', 'array/connection')).toMatchObject({ status: 404 });
  });
});

test('an administrator connects and disconnects; old arrays know no sync replication', async () => {
  const { control } = await runningArrays({
    arrays: [{ name: 'fa1' }, { name: 'fa2' }, { name: 'old', purityVersion: '4.10.5' }],
  });
  await control.admin('fa1', { kind: 'connectArray', peer: 'old' });
  await control.admin('fa1', { kind: 'connectArray', peer: 'fa2', type: 'sync-replication' });
  expect((await control.state('old')).arrayConnections).toEqual([
    { peer: 'fa1', type: 'async-replication', status: 'connected', isMaker: false },
  ]);
  await expect(
    control.admin('old', { kind: 'connectArray', peer: 'fa2', type: 'sync-replication' }),
  ).rejects.toMatchObject({ code: 'refused' });
  await control.admin('fa1', { kind: 'disconnectArray', peer: 'old' });
  expect((await control.state('fa1')).arrayConnections).toMatchObject([{ peer: 'fa2' }]);
});

test('a lost array can leave its clients without an answer', async () => {
  const { array, control } = await runningArrays(two);
  const fa1 = await array('fa1').rest2('2.26');
  await control.setArrayDown('fa1', true, 'hang');
  const waiting = fa1('GET', 'arrays', { signal: AbortSignal.timeout(200) });
  await expect(waiting).rejects.toMatchObject({ name: expect.stringMatching(/Abort|Timeout/) });
  await control.setArrayDown('fa1', false);
  expect(await fa1('GET', 'arrays')).toMatchObject({ status: 200 });
});

test('a reset makes the connections of the start again', async () => {
  const { control } = await runningArrays({ ...two, connections: [{ from: 'fa1', to: 'fa2' }] });
  await control.admin('fa1', { kind: 'disconnectArray', peer: 'fa2' });
  await control.reset('fa2');
  expect((await control.state('fa1')).arrayConnections).toMatchObject([{ peer: 'fa2' }]);
});
