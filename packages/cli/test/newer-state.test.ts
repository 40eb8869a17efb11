import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '@cinder-flasharray/common';
import { openStore } from '@cinder-flasharray/store';
import { afterEach, expect, test } from 'vitest';
import { run } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'newer state '));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('serve says that a newer release wrote the state, what to do, and leaves it as it is', async () => {
  const path = join(folder, 'cinder.sqlite');
  await (await openStore({ path, clock: systemClock })).close();
  const database = new DatabaseSync(path);
  database.exec('UPDATE flasharray_schema SET version = 7');
  database.close();
  const before = readFileSync(path);
  const config = join(folder, 'cinder.conf');
  writeFileSync(
    config,
    `[DEFAULT]
enabled_backends = fa
osapi_volume_listen_port = 0
state_path = ${folder}
[fa]
volume_backend_name = fa
volume_driver = cinder.volume.drivers.pure.PureISCSIDriver
san_ip = 127.0.0.1:9
pure_api_token = 00000000-0000-4000-8000-000000000000
`,
  );
  const { child, output } = run(['serve', '--config-file', config]);
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(output).toEqual([
    `error: Cannot use the database: ${path} was written by a newer release (flasharray_schema 7; this one knows 4). Nothing in it was changed.`,
    'Run a release that knows it, or give this one a database of its own with [database] connection or state_path.',
  ]);
  expect(readFileSync(path).equals(before)).toBe(true);
});
