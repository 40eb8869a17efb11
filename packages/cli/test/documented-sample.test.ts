import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectControl } from '@cinder-flasharray/simulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kill, project, type Running, run, until } from './processes.ts';

let folder = '';
let running: Running[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documented sample '));
});
afterEach(async () => {
  await Promise.all(running.map((process) => kill(process, 'SIGKILL')));
  running = [];
  await rm(folder, { recursive: true });
});

function started(...parameters: readonly string[]): Running {
  const process = run(parameters);
  running.push(process);
  return process;
}

/** The sample of the driver's documentation: section headers added, its two variables replaced, nothing else. */
const sample = (address: string, token: string): string => `[DEFAULT]
enabled_backends = puredriver-1
default_volume_type = puredriver-1

[puredriver-1]
volume_backend_name = puredriver-1
volume_driver = cinder.volume.drivers.pure.PureISCSIDriver
san_ip = ${address}
pure_api_token = ${token}
use_multipath_for_image_xfer = True
`;

async function files(address: string, token: string): Promise<readonly string[]> {
  const documented = join(folder, 'cinder.conf');
  const own = join(folder, 'own.conf');
  await writeFile(documented, sample(address, token));
  await writeFile(own, `[DEFAULT]\nosapi_volume_listen_port = 0\nstate_path = ${join(folder, 'state')}\n`);
  return ['serve', '--config-file', documented, '--config-file', own];
}

async function volumes(url: unknown): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const reply = await fetch(`${String(url)}/v3/${project}/volumes/detail`, {
    headers: { 'X-Auth-Token': `me:${project}` },
  });
  const body: { readonly volumes: readonly Readonly<Record<string, unknown>>[] } = JSON.parse(
    await reply.text(),
  );
  return body.volumes;
}

async function create(url: unknown): Promise<number> {
  const reply = await fetch(`${String(url)}/v3/${project}/volumes`, {
    method: 'POST',
    headers: { 'X-Auth-Token': `me:${project}`, 'content-type': 'application/json' },
    body: JSON.stringify({ volume: { size: 1, name: 'v' } }),
  });
  return reply.status;
}

test('the documented cinder.conf drives a volume to the array, typed by the default type', async () => {
  const simulator = started('simulate', '--array', 'fa1,purity=4.0.0', '--state', join(folder, 'simulator'));
  const { controlUrl, arrays } = await simulator.event('ready');
  const control = connectControl(String(controlUrl));
  const [token] = await control.listApiTokens('fa1', { user: 'pureuser', expose: true });
  const address = Array.isArray(arrays) ? String(arrays[0].address) : '';
  const service = started(...(await files(address, token?.token ?? '')));
  const { url } = await service.event('listening');
  expect(await service.event('ready')).toMatchObject({ notReady: {} });
  expect(service.output.filter((line) => line.startsWith('warning'))).toEqual([]);
  expect(await create(url)).toBe(202);
  const [volume] = await until('the volume', async () => {
    const rows = await volumes(url);
    return rows[0]?.status === 'available' ? rows : null;
  });
  expect(volume).toMatchObject({ volume_type: 'puredriver-1' });
  expect((await control.state('fa1')).volumes).toMatchObject([
    { name: `volume-${volume?.id}-cinder`, size: 1073741824 },
  ]);
});

test('a wrong token leaves the back end out with the reason, and a volume is refused with nothing made', async () => {
  const simulator = started('simulate', '--array', 'fa1', '--state', join(folder, 'simulator'));
  const { controlUrl, arrays } = await simulator.event('ready');
  const address = Array.isArray(arrays) ? String(arrays[0].address) : '';
  const service = started(...(await files(address, '00000000-0000-4000-8000-000000000000')));
  const { url } = await service.event('listening');
  const { notReady } = await service.event('ready');
  expect(Object.values(Object(notReady)).join()).toContain('Invalid API token.');
  expect(await create(url)).toBe(503);
  expect(await volumes(url)).toEqual([]);
  expect((await connectControl(String(controlUrl)).state('fa1')).volumes).toEqual([]);
  expect(service.output.join('\n')).not.toContain('00000000-0000-4000-8000-000000000000');
});

test('a second service on the same state is refused', async () => {
  const parameters = await files('127.0.0.1:1', 'none');
  const first = started(...parameters);
  await first.event('listening');
  const second = started(...parameters);
  await expect(second.event('listening')).rejects.toThrow('Another process owns the database');
  expect(second.child.exitCode).toBe(75);
});

test('SIGTERM ends the service although the other half of a request never comes', async () => {
  const service = started(...(await files('127.0.0.1:1', 'none')));
  const { hostname, port } = new URL(String((await service.event('listening')).url));
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const arrived = once(socket, 'data');
  // The service says `continue` when it has the head of the request, and waits for its body.
  socket.write(
    `POST /v3/${project}/volumes HTTP/1.1\r\nhost: h\r\nx-auth-token: me:${project}\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n`,
  );
  await arrived;
  const ended = once(socket, 'close');
  await kill(service, 'SIGTERM');
  await ended;
  expect(service.child.exitCode).toBe(0);
});
