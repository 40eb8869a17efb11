import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@cinder-flasharray/common';
import { openStore } from '@cinder-flasharray/store';
import { expect, onTestFinished, test } from 'vitest';
import { run } from './processes.ts';

/** A configuration, and a database in which a message was deleted just now. */
async function aState() {
  const folder = await mkdtemp(join(tmpdir(), 'purge '));
  onTestFinished(() => rm(folder, { recursive: true }));
  const configFile = join(folder, 'cinder.conf');
  await writeFile(
    configFile,
    [
      '[DEFAULT]',
      'host = node1',
      `state_path = ${folder}`,
      'enabled_backends = fa1',
      '[fa1]',
      'volume_driver = cinder.volume.drivers.pure.PureISCSIDriver',
      'san_ip = 127.0.0.1:1',
      'pure_api_token = t',
    ].join('\n'),
  );
  const path = join(folder, 'cinder.sqlite');
  const store = await openStore({ path, clock: systemClock });
  await store.messages.insert({
    id: 'm',
    projectId: 'p',
    requestId: null,
    resourceType: 'VOLUME',
    resourceUuid: 'v',
    eventId: 'VOLUME_VOLUME_008_012',
    actionId: '008',
    detailId: '012',
    messageLevel: 'ERROR',
    expiresAt: null,
  });
  await store.messages.delete('m');
  return { store, path, configFile };
}

async function purge(configFile: string, ...parameters: readonly string[]) {
  const command = run(['db', 'purge', '--config-file', configFile, ...parameters]);
  const [code] = await once(command.child, 'close');
  return { code, output: command.output };
}

test('db purge removes rows of that age, and says which', async () => {
  const { store, path, configFile } = await aState();
  await store.close();
  expect(await purge(configFile, '--age-in-days', '1')).toEqual({
    code: 0,
    output: [`{"event":"purged","database":"${path}","rows":{}}`],
  });
  expect(await purge(configFile, '--age-in-days', '0')).toEqual({
    code: 0,
    output: [`{"event":"purged","database":"${path}","rows":{"messages":1}}`],
  });
});

test('db purge leaves a database alone that a service owns', async () => {
  const { store, path, configFile } = await aState();
  onTestFinished(() => store.close());
  const { code, output } = await purge(configFile, '--age-in-days', '0');
  expect(code).toBe(75);
  expect(output[0]).toBe(`error: Another process owns the database ${path}.`);
});

test('db purge makes no database where there is none, and takes whole days only', async () => {
  const { store, path, configFile } = await aState();
  await store.close();
  await rm(path);
  expect(await purge(configFile, '--age-in-days', '0')).toMatchObject({
    code: 1,
    output: [`error: There is no database ${path}.`, expect.any(String)],
  });
  expect(await purge(configFile, '--age-in-days', '1.5')).toMatchObject({ code: 2 });
});
