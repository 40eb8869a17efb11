import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResourceQueue, type Wanted } from './resource-queue.ts';

const settle = async (): Promise<void> => {
  await new Promise(setImmediate);
};

async function hasBegun(turn: Promise<void>): Promise<boolean> {
  let begun = false;
  void turn.then(() => {
    begun = true;
  });
  await settle();
  return begun;
}

test('those who share a resource work side by side, and whoever wants it alone waits for all of them', async () => {
  const queue = new ResourceQueue();
  const one = queue.enter([{ key: 'volume', mode: 'shared' }]);
  const two = queue.enter([{ key: 'volume', mode: 'shared' }]);
  const alone = queue.enter([{ key: 'volume', mode: 'exclusive' }]);
  const late = queue.enter([{ key: 'volume', mode: 'shared' }]);
  expect(await hasBegun(one.turn)).toBe(true);
  expect(await hasBegun(two.turn)).toBe(true);
  one.leave();
  expect(await hasBegun(alone.turn)).toBe(false);
  two.leave();
  expect(await hasBegun(alone.turn)).toBe(true);
  // Whoever came later does not overtake, although it could share with those who worked when it came.
  expect(await hasBegun(late.turn)).toBe(false);
  alone.leave();
  expect(await hasBegun(late.turn)).toBe(true);
  late.leave();
  expect(queue.size).toBe(0);
});

test('a place that is given up before its turn lets those behind pass', async () => {
  const queue = new ResourceQueue();
  const first = queue.enter([{ key: 'a', mode: 'exclusive' }]);
  const second = queue.enter([
    { key: 'a', mode: 'exclusive' },
    { key: 'b', mode: 'exclusive' },
  ]);
  const third = queue.enter([{ key: 'b', mode: 'exclusive' }]);
  expect(await hasBegun(third.turn)).toBe(false);
  second.leave();
  expect(await hasBegun(third.turn)).toBe(true);
  first.leave();
  third.leave();
  expect(queue.size).toBe(0);
});

test('a resource that is wanted both ways is wanted alone', async () => {
  const queue = new ResourceQueue();
  const both = queue.enter([
    { key: 'a', mode: 'exclusive' },
    { key: 'a', mode: 'shared' },
  ]);
  const other = queue.enter([{ key: 'a', mode: 'shared' }]);
  expect(await hasBegun(other.turn)).toBe(false);
  both.leave();
  expect(await hasBegun(other.turn)).toBe(true);
});

test('whatever is wanted, everybody has a turn, in the order of coming where two want the same', async () => {
  const wanted = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      mode: fc.constantFrom('shared' as const, 'exclusive' as const),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const conflict = (one: readonly Wanted[], other: readonly Wanted[]): boolean =>
    one.some(({ key, mode }) =>
      other.some((also) => also.key === key && (mode === 'exclusive' || also.mode === 'exclusive')),
    );
  await fc.assert(
    fc.asyncProperty(fc.array(wanted, { maxLength: 12 }), async (all) => {
      const queue = new ResourceQueue();
      const begun: number[] = [];
      const done = all.map(async (item, index) => {
        const place = queue.enter(item);
        await place.turn;
        begun.push(index);
        await settle();
        place.leave();
      });
      await Promise.all(done);
      expect(begun).toHaveLength(all.length);
      all.forEach((one, earlier) => {
        all.forEach((other, later) => {
          if (earlier < later && conflict(one, other)) {
            expect(begun.indexOf(earlier)).toBeLessThan(begun.indexOf(later));
          }
        });
      });
      expect(queue.size).toBe(0);
    }),
    { numRuns: 200 },
  );
});
