import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from './source-files.ts';

/** A checkout without dependencies, and an npm that ends like this. */
async function startWith(npm: string | null): Promise<{ status: number | null; said: readonly string[] }> {
  const place = await mkdtemp(join(tmpdir(), 'dependencies-'));
  onTestFinished(() => rm(place, { recursive: true }));
  await mkdir(join(place, 'scripts'));
  await mkdir(join(place, 'bin'));
  await copyFile(
    join(root, 'scripts', 'with-dependencies.mjs'),
    join(place, 'scripts', 'with-dependencies.mjs'),
  );
  await writeFile(join(place, 'package-lock.json'), '{}');
  if (npm !== null) {
    await writeFile(join(place, 'bin', 'npm'), `#!/bin/sh\n${npm}\n`);
    await chmod(join(place, 'bin', 'npm'), 0o755);
  }
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(place, 'scripts', 'with-dependencies.mjs'), 'any.ts'],
    { encoding: 'utf8', env: { PATH: `${join(place, 'bin')}:${npm === null ? '' : '/bin:/usr/bin'}` } },
  );
  return { status, said: stderr.trim().split('\n') };
}

const advice = [
  'Is the package registry in reach? `npm config get registry` says which one it is.',
  'The same command goes on from here: what has been downloaded is kept.',
];

test('a registry that is not in reach is said in words: those of npm without its stack, and what to do', async () => {
  const npm = `printf 'npm error code ECONNREFUSED\\nnpm error     at ClientRequest.<anonymous>\\n' >&2; exit 1`;
  expect(await startWith(npm)).toEqual({
    status: 1,
    said: [
      'Installing dependencies (npm ci) ...',
      'npm error code ECONNREFUSED',
      'The dependencies could not be installed: npm ci ended with 1; see above.',
      ...advice,
    ],
  });
});

test('so is a machine without npm', async () => {
  expect(await startWith(null)).toEqual({
    status: 1,
    said: [
      'Installing dependencies (npm ci) ...',
      'The dependencies could not be installed: npm could not be run: spawn npm ENOENT',
      ...advice,
    ],
  });
});

test('and one whose npm runs no install scripts', async () => {
  expect(await startWith('exit 0')).toEqual({
    status: 1,
    said: [
      'Installing dependencies (npm ci) ...',
      'npm installed no runtime: are install scripts switched off (ignore-scripts)?',
    ],
  });
});
