import { describe, expect, test } from 'vitest';
import { checkGeneralName, checkSuffix, checkVolumeName, volumeGroupOf } from './names.ts';

const longest = `v${'0'.repeat(61)}1`;

describe('a volume name', () => {
  test.each([
    ['v'],
    ['db_01-a'],
    ['pod1::v1'],
    ['vg1/v1'],
    ['pod1::vg1/v1'],
    ['0-0'],
    [longest],
    [`pod1::${longest}`],
  ])('may be %s', (name) => {
    expect(() => checkVolumeName(name)).not.toThrow();
  });

  test.each([
    [''],
    ['-v'],
    ['v-'],
    ['_v'],
    ['a b'],
    ['a.b'],
    ['123'],
    ['é1'],
    [`${longest}2`],
    ['vg_1/v1'],
    ['a/b/c'],
    ['pure-protocol-endpoint'],
  ])('may not be "%s"', (name) => {
    expect(() => checkVolumeName(name)).toThrow('Invalid volume name.');
  });
});

test('a host name has no underscore', () => {
  expect(() => checkGeneralName('host', 'h_1')).toThrow('Invalid host name.');
  expect(() => checkGeneralName('host', 'h-1')).not.toThrow();
});

test('a suffix of digits alone is kept for the array', () => {
  expect(() => checkSuffix('12')).toThrow('Invalid snapshot suffix.');
  expect(() => checkSuffix('nightly-12')).not.toThrow();
  expect(() => checkSuffix('a.b')).toThrow('Invalid snapshot suffix.');
});

test('a volume group in a pod carries the pod in its name', () => {
  expect(volumeGroupOf('pod1::vg1/v1')).toBe('pod1::vg1');
  expect(volumeGroupOf('vg1/v1')).toBe('vg1');
  expect(volumeGroupOf('pod1::v1')).toBeNull();
});
