import { expect, test } from 'vitest';
import { bytes, bytesToGibibytes, gibibytes, gibibytesToBytes } from './bytes.ts';

test('10 GiB are 10737418240 bytes', () => {
  expect(gibibytesToBytes(gibibytes(10))).toBe(10737418240);
});

test('a size that is not a whole number of GiB is rounded up', () => {
  expect(bytesToGibibytes(bytes(2684354560))).toBe(3);
  expect(bytesToGibibytes(bytes(1073741824))).toBe(1);
  expect(bytesToGibibytes(bytes(0))).toBe(0);
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is not a size in bytes', (value) => {
  expect(() => bytes(value)).toThrow(RangeError);
});

test('a number of GiB whose bytes a number cannot hold is refused', () => {
  expect(() => gibibytes(8388608)).toThrow('not a size in GiB: 8388608');
});
