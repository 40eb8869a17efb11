import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countSharing, ExtentMap } from './extent-map.ts';

test('what was never written reads as zeros', () => {
  expect([...ExtentMap.empty.read(4_503_599_627_370_000, 3)]).toEqual([0, 0, 0]);
});

test('a write crosses the borders of chunks', () => {
  const map = ExtentMap.empty.write(4094, Uint8Array.of(1, 2, 3, 4));
  expect([...map.read(4092, 8)]).toEqual([0, 0, 1, 2, 3, 4, 0, 0]);
  expect(map.writtenBytes).toBe(8192);
});

test('a write leaves the map it was made from as it was', () => {
  const before = ExtentMap.empty.write(0, Uint8Array.of(1));
  const after = before.write(0, Uint8Array.of(2));
  expect([...before.read(0, 1), ...after.read(0, 1)]).toEqual([1, 2]);
});

test('the last bytes of the largest volume can be written', () => {
  const map = ExtentMap.empty.write(4_503_599_627_370_494, Uint8Array.of(7, 8));
  expect([...map.read(4_503_599_627_370_493, 3)]).toEqual([0, 7, 8]);
});

test('zeros written over data free it', () => {
  const map = ExtentMap.empty.write(0, new Uint8Array(4096).fill(1)).write(0, new Uint8Array(4096));
  expect(map.writtenBytes).toBe(0);
});

test('truncating cuts inside a chunk', () => {
  const map = ExtentMap.empty.write(0, new Uint8Array(8192).fill(5)).truncate(4608);
  expect([...map.read(4607, 2)]).toEqual([5, 0]);
  expect(map.writtenBytes).toBe(8192);
  expect(map.truncate(4096).writtenBytes).toBe(4096);
});

test('shared data is counted once, and what only one holds is its own', () => {
  const origin = ExtentMap.empty.write(0, new Uint8Array(3 * 4096).fill(1));
  const copy = origin.write(4096, Uint8Array.of(2));
  expect(countSharing([origin, copy])).toEqual({ distinctBytes: 16384, uniqueBytes: [4096, 4096] });
  expect(countSharing([origin, origin])).toEqual({ distinctBytes: 12288, uniqueBytes: [0, 0] });
});

test('reads give what was written last, like a plain array of bytes', () => {
  const size = 3 * 4096 + 100;
  const write = fc.record({
    offset: fc.nat(size - 1),
    data: fc.uint8Array({ minLength: 1, maxLength: 9000 }),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), fc.nat(size), (writes, cut) => {
      const plain = new Uint8Array(size);
      let map = ExtentMap.empty;
      for (const { offset, data } of writes) {
        const fitting = data.subarray(0, size - offset);
        plain.set(fitting, offset);
        map = map.write(offset, fitting);
      }
      expect(map.read(0, size)).toEqual(plain);
      plain.fill(0, cut);
      expect(map.truncate(cut).read(0, size)).toEqual(plain);
    }),
    { numRuns: 60 },
  );
});
