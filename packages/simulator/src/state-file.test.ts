import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SimulatorError } from './errors.ts';
import { StateFile } from './state-file.ts';

const folders: string[] = [];

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'state '));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

test('the newest picture is on the disk after a flush, however long pictures take', async () => {
  const file = join(await aFolder(), 'arrays.json');
  let pictures = 0;
  const state = new StateFile(
    file,
    () => {
      pictures += 1;
      // Longer than what counts as quick: the next picture has to wait, but not for a flush.
      const end = performance.now() + 15;
      while (performance.now() < end);
      return { format: 1, arrays: [] };
    },
    (error) => {
      throw error;
    },
  );
  state.changed();
  await state.flush();
  state.changed();
  state.changed();
  await state.flush();
  expect(pictures).toBe(2);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ format: 1, arrays: [] });
});

test('a write that fails is told, and made good by the next change', async () => {
  const folder = await aFolder();
  const blocked = join(folder, 'not-a-folder');
  await writeFile(blocked, '');
  const failure = Promise.withResolvers<SimulatorError>();
  const state = new StateFile(
    join(blocked, 'arrays.json'),
    () => ({ format: 1, arrays: [] }),
    failure.resolve,
  );
  state.changed();
  expect((await failure.promise).code).toBe('storage');
  await expect(state.flush()).rejects.toMatchObject({ code: 'storage' });
  await rm(blocked);
  await mkdir(blocked);
  state.changed();
  await state.flush();
  expect(await readFile(join(blocked, 'arrays.json'), 'utf8')).toContain('format');
});
