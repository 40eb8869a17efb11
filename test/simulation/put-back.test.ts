import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { putBacks } from './put-back.ts';

const root = join(import.meta.dirname, '..', '..');

describe('a mended fault that is put back', () => {
  test.each(putBacks.flatMap(({ name, edits }) => edits.map((edit) => ({ name, ...edit }))))(
    '$name: its text stands exactly once in $file',
    async ({ file, text }) => {
      expect((await readFile(join(root, file), 'utf8')).split(text)).toHaveLength(2);
    },
  );

  test('has a name of its own', () => {
    expect(new Set(putBacks.map(({ name }) => name)).size).toBe(putBacks.length);
  });
});
