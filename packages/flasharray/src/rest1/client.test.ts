import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPath } from './client.ts';

describe('REST 1.x path', () => {
  test.each([
    [['volume', 'v1'], 'volume/v1'],
    [['volume', 'pod1::v1'], 'volume/pod1::v1'],
    [['volume', 'vg1/v1.s1'], 'volume/vg1/v1.s1'],
    [['host', 'h1', 'volume', 'pod1::v1'], 'host/h1/volume/pod1::v1'],
    [['volume', 'v1', 'tags', 'a/b:c d'], 'volume/v1/tags/a%2Fb%3Ac%20d'],
  ] as const)('%j is sent as %s', (path, expected) => {
    expect(formatPath(path)).toBe(expected);
  });

  test('a tag key comes back from the encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        const [, , , encoded = '', ...rest] = formatPath(['volume', 'v1', 'tags', key]).split('/');
        expect(rest).toEqual([]);
        expect(decodeURIComponent(encoded)).toBe(key);
      }),
    );
  });
});
