import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allClaims, promisesOf } from './claims.ts';
import { edited } from './edit.ts';
import { judge } from './judge.ts';
import { allProofs } from './proofs/all-proofs.ts';
import { root } from './scratch-copy.ts';

describe('every proof', () => {
  test.each(allProofs.map((proof) => [proof.claims.join(', '), proof] as const))(
    '%s: its edits apply',
    async (_claims, { edits }) => {
      expect(edits).not.toHaveLength(0);
      for (const [file, own] of Map.groupBy(edits, (edit) => edit.file)) {
        const source = await readFile(join(root, file), 'utf8');
        expect(edited(source, own)).not.toBe(source);
      }
    },
  );

  test('names defects, cases and promises that there are', async () => {
    const claims = await allClaims();
    const named = allProofs.flatMap((proof) => proof.claims).filter((one) => /^(D\d+|case \d+)$/.test(one));
    expect(named.filter((one) => !claims.includes(one))).toEqual([]);
  });
});

describe('an edit', () => {
  const change = (text: string, replacement: string) => ({ file: 'a.ts', text, replacement });

  test('several of one file are all made', () => {
    expect(edited('one two three', [change('three', '3'), change('one', '1')])).toBe('1 two 3');
  });

  test.each([
    ['stands nowhere', [change('four', '4')], 'a.ts does not have exactly once: four'],
    ['stands twice', [change('e', 'E')], 'a.ts does not have exactly once: e'],
    ['changes what another one changes', [change('one t', ''), change('two', '')], 'two edits change: two'],
  ])('is refused when its text %s', (_what, edits, words) => {
    expect(() => edited('one two three', edits)).toThrow(words);
  });
});

describe('a broken promise', () => {
  const report = (...tests: readonly (readonly [string, string | null])[]) => ({
    testResults: [
      {
        message: '',
        assertionResults: tests.map(([title, message]) => ({
          title,
          fullName: `REST 1.19 ${title}`,
          status: message === null ? 'passed' : 'failed',
          failureMessages: message === null ? [] : [`${message}\n  at a line`],
        })),
      },
    ],
  });
  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => [`other ${index}`, 'AssertionError: no'] as const);

  test.each([
    ['fails on an assertion', report(['case 4: x', 'AssertionError: expected 1 to be 2']), true],
    ['is refused what it resolves to', report(['case 4: x', 'Error: promise rejected "no"']), true],
    ['fails at one level', report(['case 4: x', null], ['case 4: x', 'AssertionError: no']), true],
    ['fails with a few others', report(['case 4: x', 'AssertionError: no'], ...others(5)), true],
    ['passes', report(['case 4: x', null], ['other', 'AssertionError: no']), false],
    ['fails otherwise', report(['case 4: x', 'Error: Test timed out in 30000ms.']), false],
    ['fails with many others', report(['case 4: x', 'AssertionError: no'], ...others(6)), false],
    ['is not there', report(['case 44: x', 'AssertionError: no']), false],
    ['does not load', { testResults: [{ message: 'SyntaxError', assertionResults: [] }] }, false],
    ['has no report', null, false],
  ])('whose test %s counts as seen: %#', (_what, json, isRed) => {
    expect(judge(json, 'case 4:').isRed).toBe(isRed);
  });
});

test('promises are the lines of the list', () => {
  const page = 'a\n\n## What must hold\n\nIntro:\n\n- one\n  more;\n- two.\n\nRest.\n\n## Next\n\n- three\n';
  expect(promisesOf(page)).toEqual(['one more', 'two']);
});
