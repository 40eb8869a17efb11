import { expect, test } from 'vitest';
import { isPurityAtLeast } from './purity-version.ts';

test.each([
  ['6.4.2', true],
  ['6.4.10', true],
  ['6.10.0', true],
  ['7.0', true],
  ['6.4.1', false],
  ['6.4', false],
  ['5.3.21', false],
  ['99.9.9', true],
  ['', false],
])('%s is at least 6.4.2: %s', (version, expected) => {
  expect(isPurityAtLeast(version, [6, 4, 2])).toBe(expected);
});
