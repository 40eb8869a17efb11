import { expect, test } from 'vitest';
import { parseBandwidthLimit, parseIopsLimit, parseVolumeSize } from './sizes.ts';

test.each([
  [1_048_576, 1_048_576],
  [512, 1_048_576],
  [4_503_599_627_370_496, 4_503_599_627_370_496],
  ['10G', 10_737_418_240],
  ['2048s', 1_048_576],
  ['1t', 1_099_511_627_776],
  ['1073741824', 1_073_741_824],
])('the size %s is %d bytes', (size, bytes) => {
  expect(parseVolumeSize(size, 'v1', 'rounded-up')).toBe(bytes);
});

test.each([[0], [-512], [513], [4_503_599_627_371_008], [1.5], ['10X'], ['1.5G'], [''], [null], [true]])(
  'the size %s is refused',
  (size) => {
    expect(() => parseVolumeSize(size, 'v1', 'rounded-up')).toThrow('Invalid volume size.');
  },
);

test('less than the least is refused where it is not rounded up', () => {
  expect(parseVolumeSize(1_048_576, 'v1', 'refused')).toBe(1_048_576);
  expect(() => parseVolumeSize(1_048_064, 'v1', 'refused')).toThrow('Invalid volume size.');
});

test('limits have a lowest and a highest value', () => {
  expect(parseBandwidthLimit(1_048_576, 'v1')).toBe(1_048_576);
  expect(parseBandwidthLimit('512G', 'v1')).toBe(549_755_813_888);
  expect(() => parseBandwidthLimit(1_048_575, 'v1')).toThrow('Invalid bandwidth limit.');
  expect(() => parseBandwidthLimit(549_755_813_889, 'v1')).toThrow('Invalid bandwidth limit.');
  expect(parseIopsLimit('23K', 'v1')).toBe(23_000);
  expect(parseIopsLimit(100_000_000, 'v1')).toBe(100_000_000);
  expect(() => parseIopsLimit(99, 'v1')).toThrow('Invalid IOPS limit.');
  expect(() => parseIopsLimit(100_000_001, 'v1')).toThrow('Invalid IOPS limit.');
});
