import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divided, formatQuery, quoted } from './query.ts';

/** Splits a query as a server does: parameters first, then the list, then the encoding of each value. */
function readList(query: string, parameter: string): readonly string[] {
  const text = query
    .slice(1)
    .split('&')
    .find((part) => part.startsWith(`${parameter}=`));
  return (text ?? '')
    .slice(parameter.length + 1)
    .split(',')
    .map(decodeURIComponent);
}

describe('REST 2.x query', () => {
  test('names keep their commas between them and are encoded each', () => {
    expect(formatQuery({ names: ['pod1::v1', 'vg/v2'], limit: 10, destroyed: false, filter: null })).toBe(
      '?names=pod1%3A%3Av1,vg%2Fv2&limit=10&destroyed=false',
    );
  });

  test('without a value there is no query', () => {
    expect(formatQuery({ filter: null })).toBe('');
  });

  test('a filter is encoded whole', () => {
    expect(formatQuery({ filter: "iqns='iqn.a:b' and is_local" })).toBe(
      "?filter=iqns%3D'iqn.a%3Ab'%20and%20is_local",
    );
  });

  test.each([
    ['plain', "'plain'"],
    ["it's", "'it\\'s'"],
    ['back\\slash', "'back\\\\slash'"],
    ["\\'", "'\\\\\\''"],
  ])('%s is quoted for a filter', (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  test('any list of values comes back from the encoding', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }), (values) => {
        expect(readList(formatQuery({ names: values }), 'names')).toEqual(values);
      }),
    );
  });

  test('a list that is too long for one request is divided, in its order, and the rest of the query is in each part', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '-', ':', '/'), minLength: 1, maxLength: 190 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 600 }), (names) => {
        const parts = divided({ group_names: ['pg'], member_names: names });
        expect(parts.flatMap((part) => readList(formatQuery(part), 'member_names'))).toEqual(names);
        for (const part of parts) {
          expect(part.group_names).toEqual(['pg']);
          expect(formatQuery(part).length).toBeLessThan(7_000);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('what fits into one request is not divided', () => {
    const names = Array.from({ length: 100 }, (_, index) => `volume-${index}-cinder`);
    expect(divided({ names })).toEqual([{ names }]);
    expect(divided({ names: [] })).toEqual([{ names: [] }]);
  });

  test('a quoted text ends only at its own end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '\\', 'a', ' ') }), (text) => {
        const literal = /^'((?:[^'\\]|\\['\\])*)'$/.exec(quoted(text));
        expect(literal?.[1]?.replace(/\\(['\\])/g, '$1')).toBe(text);
      }),
    );
  });
});
