import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectControl, parseArrayConnection, startSimulator } from '../src/index.ts';
import { runningArrays } from './support/running-array.ts';

const gibibyte = 1_073_741_824;
const arrays = ['fa1', 'fa2', 'fa3'].map((name) => ({ name }));
const connections = ['fa1:fa2:sync', 'fa1:fa3', 'fa2:fa3:async'].map(parseArrayConnection);

test('everything between arrays is found again after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator fleet '));
  onTestFinished(() => rm(folder, { recursive: true }));
  const options = { arrays, connections, stateFile: join(folder, 'arrays.json') };
  const first = await runningArrays(options);
  const { control } = first;
  await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
  await control.admin('fa1', { kind: 'createVolume', name: 'pod1::v1', size: gibibyte });
  await control.writeVolume('fa1', 'pod1::v1', 0, Uint8Array.of(1));
  await control.admin('fa1', { kind: 'stretchPod', pod: 'pod1', array: 'fa2' });
  await control.admin('fa1', { kind: 'createProtectionGroup', name: 'pod1::pg', volumes: ['pod1::v1'] });
  await control.admin('fa1', { kind: 'addReplicationTarget', group: 'pod1::pg', array: 'fa3' });
  await control.admin('fa1', { kind: 'replicateNow', group: 'pod1::pg', suffix: 'one-a' });
  await control.setReplication({ transferMs: 1000, resyncMs: 500 });
  await control.admin('fa1', { kind: 'replicateNow', group: 'pod1::pg', suffix: 'two-a' });
  await control.setArrayDown('fa2', true);
  await control.writeVolume('fa1', 'pod1::v1', 0, Uint8Array.of(2));
  await control.setReplicationLink('fa1', 'fa3', 'partial');
  await control.advance(400);
  const before = await control.state('fa3');
  await first.close();

  const second = await runningArrays({ ...options, clock: { startAt: '2026-01-01T00:00:00.400Z' } });
  const again = second.control;
  const { sessions: _sessions, arrayConnections: _connections, ...kept } = before;
  expect(await again.state('fa3')).toMatchObject({
    ...kept,
    arrayConnections: [
      { peer: 'fa1', status: 'partially_connected' },
      { peer: 'fa2', status: 'connected' },
    ],
  });
  expect((await again.state('fa1')).pods[0]?.arrays).toMatchObject([
    { array: 'fa1', status: 'online' },
    { array: 'fa2', status: 'resyncing' },
  ]);
  await again.advance(600);
  expect([...(await again.readVolume('fa2', 'pod1::v1', 0, 1))]).toEqual([2]);
  expect([...(await again.readVolume('fa3', 'pod1:pg.two-a.v1', 0, 1))]).toEqual([1]);
  expect((await again.state('fa3')).transfers.map(({ progress }) => progress)).toEqual([1, 1]);
  await again.writeVolume('fa2', 'pod1::v1', 0, Uint8Array.of(3));
  expect([...(await again.readVolume('fa1', 'pod1::v1', 0, 1))]).toEqual([3]);
});

test('a reset array has nothing left in common with the others but its first connections', async () => {
  const { control } = await runningArrays({ arrays, connections });
  await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
  await control.admin('fa1', { kind: 'stretchPod', pod: 'pod1', array: 'fa2' });
  await control.admin('fa1', { kind: 'createProtectionGroup', name: 'pg' });
  await control.admin('fa1', { kind: 'addReplicationTarget', group: 'pg', array: 'fa3' });
  await control.reset('fa1');
  expect(await control.state('fa2')).toMatchObject({
    pods: [{ name: 'pod1', arrays: [{ array: 'fa2', status: 'online' }] }],
    arrayConnections: [{ peer: 'fa1' }, { peer: 'fa3' }],
  });
  await control.admin('fa2', { kind: 'createVolume', name: 'pod1::v1', size: gibibyte });
  expect((await control.state('fa1')).volumes).toEqual([]);
  await control.reset();
  expect((await control.state('fa2')).pods).toEqual([]);
  expect((await control.state('fa3')).protectionGroups).toEqual([]);
});

test('the control operations go over HTTP too', async () => {
  const simulator = await runningArrays({ arrays, connections });
  const control = connectControl(simulator.controlUrl);
  expect(await control.setReplication({ transferMs: 7 })).toEqual({
    propagationMs: 0,
    transferMs: 7,
    resyncMs: 0,
  });
  await expect(control.setReplication({ transferMs: -1 })).rejects.toMatchObject({ code: 'invalid' });
  await control.setReplicationLink('fa1', 'fa2', 'down');
  await control.setMediator('fa1', false);
  await control.setArrayDown('fa3', true, 'hang');
  expect(await control.state('fa3')).toMatchObject({ down: true });
  expect((await control.state('fa1')).arrayConnections.map(({ status }) => status)).toEqual([
    'connecting',
    'connecting',
  ]);
  await expect(control.setReplicationLink('fa1', 'fa1', 'down')).rejects.toMatchObject({ code: 'invalid' });
});

test.each(['fa1', 'fa1:fa2:fast', 'fa1:fa2:sync:more', ':fa2'])('"%s" is not a connection', (text) => {
  expect(() => parseArrayConnection(text)).toThrow('not a connection');
});

test('a connection to an array that is not there stops the start', async () => {
  await expect(
    startSimulator({ arrays: [{ name: 'fa1' }], connections: [{ from: 'fa1', to: 'fa2' }] }),
  ).rejects.toMatchObject({ code: 'invalid' });
});
