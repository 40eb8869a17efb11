import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readServiceConfig } from './read-service-config.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinder conf '));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function read(...texts: readonly (readonly string[])[]): ReturnType<typeof readServiceConfig> {
  const files = texts.map((_, index) => join(folder, `${index}.conf`));
  await Promise.all(texts.map((lines, index) => writeFile(files[index] ?? '', lines.join('\n'))));
  return await readServiceConfig(files);
}

async function problemsOf(...lines: readonly string[]): Promise<readonly string[]> {
  const outcome = await read(lines);
  return outcome.kind === 'invalid'
    ? outcome.problems.map((problem) => problem.replace(`${folder}/`, ''))
    : [];
}

/** The sample of the driver's own documentation, with its two variables replaced and section headers added. */
const sample = [
  '[DEFAULT]',
  'enabled_backends = puredriver-1',
  'default_volume_type = puredriver-1',
  '',
  '[puredriver-1]',
  'volume_backend_name = puredriver-1',
  'volume_driver = cinder.volume.drivers.pure.PureISCSIDriver',
  'san_ip = 127.0.0.1:8443',
  'pure_api_token = 902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9',
  'use_multipath_for_image_xfer = True',
];

test('the documented sample is enough, without a warning', async () => {
  const outcome = await read([...sample.slice(0, 3), 'host = node1', ...sample.slice(3)]);
  expect(outcome).toMatchObject({
    kind: 'ok',
    warnings: [],
    config: {
      host: 'node1',
      defaultVolumeType: 'puredriver-1',
      listen: { address: '127.0.0.1', port: 8776 },
      backends: [
        {
          host: 'node1@puredriver-1',
          config: { volumeBackendName: 'puredriver-1', address: '127.0.0.1:8443' },
        },
      ],
      storageAvailabilityZone: 'nova',
      maxLimit: 1000,
    },
  });
});

test('a later file wins', async () => {
  const outcome = await read(sample, ['[DEFAULT]', 'osapi_volume_listen_port = 9776']);
  expect(outcome).toMatchObject({ kind: 'ok', config: { listen: { port: 9776 } } });
});

test('problems of the service and of every back end are told at once', async () => {
  expect(
    await problemsOf(
      '[DEFAULT]',
      'enabled_backends = one,two',
      'osapi_volume_listen_port = 99999',
      'osapi_volume_listen = 0.0.0.0',
      '[database]',
      'connection = mysql+pymysql://cinder:secret@db/cinder',
      '[one]',
      'volume_driver = cinder.volume.drivers.lvm.LVMVolumeDriver',
      'san_ip = fa1',
      'pure_api_token = t',
    ),
  ).toEqual([
    '0.conf:2: [DEFAULT] enabled_backends: names two, but there is no section [two]',
    '0.conf:4: [DEFAULT] osapi_volume_listen: 0.0.0.0 is not on loopback, and without authentication everybody who reaches it is an administrator: listen on 127.0.0.1',
    '0.conf:3: [DEFAULT] osapi_volume_listen_port: must be a whole number from 0 to 65535',
    '0.conf:6: [database] connection: must be sqlite:///FILE for the standalone service; mysql databases belong to the cluster service, which is not there yet',
    '0.conf:8: [one] volume_driver: must be one of cinder.volume.drivers.pure.PureISCSIDriver, cinder.volume.drivers.pure.PureFCDriver, cinder.volume.drivers.pure.PureNVMEDriver: this service drives Pure Storage FlashArray only',
  ]);
});

test('a file made for Keystone never ends in an open service', async () => {
  expect(await problemsOf(...sample, '[keystone_authtoken]', 'auth_url = http://keystone')).toEqual([
    '[DEFAULT] auth_strategy: there is a [keystone_authtoken] section, but keystone is not there yet: set auth_strategy = noauth to run without authentication on loopback',
  ]);
  expect(await problemsOf('[DEFAULT]', 'auth_strategy = keystone', ...sample.slice(1))).toEqual([
    '0.conf:2: [DEFAULT] auth_strategy: keystone is not there yet: noauth, on loopback, is',
  ]);
  await expect(
    read([
      '[DEFAULT]',
      'auth_strategy = noauth',
      ...sample.slice(1),
      '[keystone_authtoken]',
      'auth_url = http://k',
    ]),
  ).resolves.toMatchObject({ kind: 'ok' });
});

test('a back end in [DEFAULT] is taken, with a warning', async () => {
  const outcome = await read(['[DEFAULT]', 'host = n', ...sample.slice(6)]);
  expect(outcome).toMatchObject({ kind: 'ok', config: { backends: [{ host: 'n@DEFAULT' }] } });
  expect(outcome.warnings).toHaveLength(1);
});

test('deleted rows are kept for thirty days, for ever, or as long as is asked for', async () => {
  await expect(read(sample)).resolves.toMatchObject({ kind: 'ok', config: { purgeDeletedAfterDays: 30 } });
  await expect(read(sample, ['[DEFAULT]', 'purge_deleted_after_days = 0'])).resolves.toMatchObject({
    kind: 'ok',
    config: { purgeDeletedAfterDays: 0 },
  });
  expect(await problemsOf('[DEFAULT]', 'purge_deleted_after_days = -1', ...sample.slice(1))).toEqual([
    '0.conf:2: [DEFAULT] purge_deleted_after_days: must be a whole number from 0 to 36500',
  ]);
});

test('a file that is not there is told', async () => {
  const outcome = await readServiceConfig([join(folder, 'nothing.conf')]);
  expect(outcome.kind === 'invalid' && outcome.problems[0]).toContain('cannot be read');
});
