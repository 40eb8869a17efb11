import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { connectControl } from '../src/index.ts';
import { runningArrays } from './support/running-array.ts';

const arrays = [{ name: 'fa1' }];

test('what the control interface confirmed is there after a crash, however long a picture of the arrays takes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crash '));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stateFile = join(folder, 'arrays.json');
  const { controlUrl } = await runningArrays({ arrays, stateFile });
  const control = connectControl(controlUrl);
  await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: 64 * 1024 ** 2 });
  // So much that pictures are not taken all the time.
  for (let part = 0; part < 3; part += 1) {
    const data = new Uint8Array(8 * 1024 ** 2);
    for (let index = 0; index < data.length; index += 4096)
      data.fill(1 + ((index / 4096 + part) % 250), index, index + 4096);
    await control.writeVolume('fa1', 'v1', part * data.length, data);
  }
  await control.writeVolume('fa1', 'v1', 4096, Uint8Array.of(7, 7, 7));
  // What a killed process leaves behind.
  const left = join(folder, 'left.json');
  await copyFile(stateFile, left);
  const { control: after } = await runningArrays({ arrays, stateFile: left });
  expect([...(await after.readVolume('fa1', 'v1', 4096, 3))]).toEqual([7, 7, 7]);
});

test.each([
  ['admin', ['fa1', { kind: 'creatVolume', name: 'v1', size: 1 }]],
  ['admin', ['fa1', { kind: 'createVolume', name: null, size: 1_048_576 }]],
  ['admin', ['fa1', { kind: 'createVolume', name: 'v1', size: '1G' }]],
  ['admin', ['fa1', { kind: 'createHost', name: 'h1', iqn: ['iqn.2024-01.example:a'] }]],
  ['admin', ['fa1', { kind: 'setHardwareStatus', component: 'CT0', status: 'broken' }]],
  ['admin', [null, { kind: 'createPod', name: 'p1' }]],
  ['addFault', ['fa1', { kind: 'status', status: 503, time: 2 }]],
  ['addFault', ['fa1', { kind: 'statu', status: 503 }]],
  ['armHold', ['fa1', { phase: 'before-apply', match: { paht: 'volumes' } }]],
  ['setInterfaces', ['fa1', [{ name: 'ct0.eth4', address: null, service: ['iscsi'] }]]],
  ['writeVolume', ['fa1', 'v1', 0, 'not base64!']],
])('%s with %j is refused, and nothing is changed', async (operation, body) => {
  const { control, controlUrl } = await runningArrays({ arrays });
  const before = await control.state('fa1');
  const answer = await fetch(`${controlUrl}/_sim/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'invalid', message: expect.stringMatching(/./) });
  expect(await control.state('fa1')).toEqual(before);
  expect(await control.faults('fa1')).toEqual([]);
});

test('every operation is in the table of the README', async () => {
  const { controlUrl } = await runningArrays({ arrays });
  const answer: unknown = await (await fetch(`${controlUrl}/_sim`)).json();
  const listed = z.object({ operations: z.array(z.string()) }).parse(answer);
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  expect(listed.operations.length).toBeGreaterThan(20);
  expect(listed.operations.filter((operation) => !readme.includes(`\`${operation}\``))).toEqual([]);
});
