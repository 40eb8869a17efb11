import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectControl } from './control/client.ts';
import { startSimulator } from './simulator.ts';

test('what a volume holds, and its name, are found again after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator state '));
  const options = {
    arrays: [{ name: 'fa1' }],
    stateFile: join(folder, 'arrays.json'),
    tlsDirectory: join(folder, 'tls'),
  };
  const data = new TextEncoder().encode('kept');
  try {
    const first = await startSimulator(options);
    await first.control.admin('fa1', { kind: 'createVolume', name: 'v1', size: 1073741824 });
    await first.control.writeVolume('fa1', 'v1', 8192, data);
    await first.control.admin('fa1', { kind: 'createSnapshot', volume: 'v1', suffix: 's1' });
    const before = await first.control.state('fa1');
    await first.close();
    const second = await startSimulator(options);
    expect(second.caCertificate).toBe(first.caCertificate);
    expect(second.arrays[0]?.apiTokens).toEqual(first.arrays[0]?.apiTokens);
    const after = await second.control.state('fa1');
    expect(after.volumes).toEqual(before.volumes);
    expect(after.snapshots).toEqual(before.snapshots);
    expect(await second.control.readVolume('fa1', 'v1', 8192, 4)).toEqual(data);
    await second.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the control interface does over HTTP what it does in process', async () => {
  const simulator = await startSimulator({
    arrays: [{ name: 'fa1' }],
    clock: { startAt: '2026-01-01T00:00:00Z' },
  });
  const control = connectControl(simulator.controlUrl);
  await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: 1048576 });
  await control.admin('fa1', { kind: 'destroyVolume', name: 'v1' });
  expect(await control.state('fa1')).toEqual(await simulator.control.state('fa1'));
  expect((await control.state('fa1')).volumes).toMatchObject([
    { name: 'v1', destroyed: true, timeRemaining: 86400000 },
  ]);
  expect(await control.advance(86400000)).toEqual({ now: '2026-01-02T00:00:00.000Z' });
  expect((await control.state('fa1')).volumes).toEqual([]);
  await expect(control.state('fa9')).rejects.toMatchObject({ code: 'unknown-array' });
  await expect(control.admin('fa1', { kind: 'destroyVolume', name: 'v1' })).rejects.toMatchObject({
    code: 'refused',
    message: 'Volume does not exist.',
  });
  await simulator.close();
});

test('a request that says the name of another host reaches neither arrays nor control interface', async () => {
  const simulator = await startSimulator({ arrays: [{ name: 'fa1' }] });
  const [array] = simulator.arrays;
  const ask = (url: URL, host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const { request } = url.protocol === 'https:' ? https : http;
      request(url, { headers: { host }, ca: simulator.caCertificate, servername: 'localhost' }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      })
        .on('error', reject)
        .end();
    });
  for (const url of [
    new URL(`https://${array?.address}/api/api_version`),
    new URL('/_sim', simulator.controlUrl),
  ]) {
    expect(await ask(url, url.host)).toBe(200);
    expect(await ask(url, `localhost:${url.port}`)).toBe(200);
    expect(await ask(url, `evil.example:${url.port}`)).toBe(421);
  }
  await simulator.close();
});
