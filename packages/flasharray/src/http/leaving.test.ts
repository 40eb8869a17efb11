import { expect, test } from 'vitest';
import { ArrayError } from '../port/array-error.ts';
import { leavingFirst } from './leaving.ts';

const failure = (applied: 'no' | 'unknown') =>
  new ArrayError({
    code: 'invalid',
    message: 'Pod is stretched.',
    context: 'pod1',
    array: 'fa1',
    operation: 'PATCH volumes',
    status: 400,
    applied,
  });

/** What is done when the steps named fail, and how it ends. */
async function doneWhen(
  failing: Readonly<Record<string, 'no' | 'unknown'>>,
): Promise<readonly [done: readonly string[], applied: string | null]> {
  const done: string[] = [];
  const step = async (what: string): Promise<void> => {
    done.push(what);
    const applied = failing[what];
    if (applied !== undefined) {
      throw failure(applied);
    }
  };
  try {
    await leavingFirst(['a', 'b'], {
      leave: (group) => step(`leave ${group}`),
      join: (group) => step(`join ${group}`),
      act: () => step('move'),
    });
    return [done, null];
  } catch (error) {
    return [done, error instanceof ArrayError ? error.applied : String(error)];
  }
}

test('what is moved has left its groups', async () => {
  expect(await doneWhen({})).toEqual([['leave a', 'leave b', 'move'], null]);
});

test('what is refused goes back into the groups that it left, as if nothing had been done', async () => {
  expect(await doneWhen({ 'leave a': 'no' })).toEqual([['leave a'], 'no']);
  expect(await doneWhen({ 'leave b': 'no' })).toEqual([['leave a', 'leave b', 'join a'], 'no']);
  expect(await doneWhen({ move: 'no' })).toEqual([['leave a', 'leave b', 'move', 'join a', 'join b'], 'no']);
});

test('what may have moved is left where it is', async () => {
  expect(await doneWhen({ move: 'unknown' })).toEqual([['leave a', 'leave b', 'move'], 'unknown']);
});

test('what cannot go back was done in part', async () => {
  expect(await doneWhen({ move: 'no', 'join a': 'no' })).toEqual([
    ['leave a', 'leave b', 'move', 'join a', 'join b'],
    'unknown',
  ]);
});
