import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

const never = new AbortController().signal;

async function hasEntered(entering: Promise<void>): Promise<boolean> {
  let entered = false;
  void entering.then(() => {
    entered = true;
  });
  await new Promise(setImmediate);
  return entered;
}

test('as many as there are slots go at once, the others in the order in which they came', async () => {
  const slots = new Slots(2);
  await slots.enter(false, never);
  await slots.enter(false, never);
  const third = slots.enter(false, never);
  const fourth = slots.enter(false, never);
  expect(await hasEntered(third)).toBe(false);
  slots.leave();
  expect(await hasEntered(third)).toBe(true);
  expect(await hasEntered(fourth)).toBe(false);
  slots.leave();
  expect(await hasEntered(fourth)).toBe(true);
});

test('a request of a call that has begun goes before calls that have not', async () => {
  const slots = new Slots(1);
  await slots.enter(false, never);
  const fresh = slots.enter(false, never);
  const begun = slots.enter(true, never);
  slots.leave();
  expect(await hasEntered(begun)).toBe(true);
  expect(await hasEntered(fresh)).toBe(false);
});

test('one who gives up leaves the line, and takes no slot with it', async () => {
  const slots = new Slots(1);
  await slots.enter(false, never);
  const impatient = new AbortController();
  const gone = slots.enter(false, impatient.signal);
  const next = slots.enter(false, never);
  impatient.abort(new Error('enough'));
  await expect(gone).rejects.toThrow('enough');
  slots.leave();
  expect(await hasEntered(next)).toBe(true);
});
