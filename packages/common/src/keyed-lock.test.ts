import { expect, test } from 'vitest';
import { KeyedLock } from './keyed-lock.ts';

function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

test('work under one key runs one after the other, in the order it came', async () => {
  const lock = new KeyedLock();
  const hold = gate();
  const events: string[] = [];
  const first = lock.run('host-a', async () => {
    events.push('first starts');
    await hold.opened;
    events.push('first ends');
  });
  const second = lock.run('host-a', async () => {
    events.push('second starts');
  });
  hold.open();
  await Promise.all([first, second]);
  expect(events).toEqual(['first starts', 'first ends', 'second starts']);
});

test('work under different keys does not wait', async () => {
  const lock = new KeyedLock();
  const hold = gate();
  const held = lock.run('host-a', () => hold.opened);
  await expect(lock.run('host-b', async () => 'done')).resolves.toBe('done');
  hold.open();
  await held;
});

test('a failure releases the key and leaves nothing behind', async () => {
  const lock = new KeyedLock();
  await expect(
    lock.run('host-a', async () => {
      throw new Error('refused');
    }),
  ).rejects.toThrow('refused');
  await expect(lock.run('host-a', async () => 'again')).resolves.toBe('again');
  expect(lock.size).toBe(0);
});

test('several keys are taken in one order whatever order they are named in, and once each', async () => {
  const lock = new KeyedLock();
  const results = await Promise.all([
    lock.runAll(['a', 'b', 'a'], async () => 1),
    lock.runAll(['b', 'a'], async () => 2),
  ]);
  expect(results).toEqual([1, 2]);
  expect(lock.size).toBe(0);
});
