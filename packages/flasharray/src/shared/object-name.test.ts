import { describe, expect, test } from 'vitest';
import { beginsWith, isObjectName, isSameName } from './object-name.ts';

describe('object names', () => {
  test.each(['v1', 'volume-1_a-cinder', 'pod1::v1', 'vg1/v1', 'pod1::vg/v1.s1', 'fa1:pg1.12.v1', '@offload'])(
    '%s can name an object',
    (name) => {
      expect(isObjectName(name)).toBe(true);
    },
  );

  test.each([
    '',
    'a,b',
    'a*',
    'a b',
    '../v1',
    'a/../b',
    'a//b',
    'a/',
    '.',
    'a?b',
    'a#b',
    'a%2Fb',
    "a'b",
    'a\n',
  ])('%j cannot', (name) => {
    expect(isObjectName(name)).toBe(false);
  });

  test('letter case does not tell names apart', () => {
    expect(isSameName('Vol-A', 'vol-a')).toBe(true);
    expect(isSameName('vol-a', 'vol-b')).toBe(false);
  });

  test('nor their beginnings', () => {
    expect(beginsWith('FA1:pg.12', 'fa1:PG.')).toBe(true);
    expect(beginsWith('fa1:pg', 'fa1:pg.')).toBe(false);
  });
});
