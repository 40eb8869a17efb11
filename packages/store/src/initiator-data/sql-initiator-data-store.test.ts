import { expect, test } from 'vitest';
import { aStore } from '../../test/fixtures.ts';

test('the first value of an initiator stands, whoever else comes', async () => {
  const { store } = await aStore();
  expect(await store.initiatorData.get('iqn.1', 'backend', 'password')).toBeNull();
  const answers = await Promise.all(
    ['one', 'two', 'three'].map((value) =>
      store.initiatorData.insertIfAbsent('iqn.1', 'backend', 'password', value),
    ),
  );
  expect(answers).toEqual(['one', 'one', 'one']);
  expect(await store.initiatorData.get('iqn.1', 'backend', 'password')).toBe('one');
  expect(await store.initiatorData.insertIfAbsent('iqn.2', 'backend', 'password', 'two')).toBe('two');
  expect(await store.initiatorData.insertIfAbsent('iqn.1', 'other', 'password', 'three')).toBe('three');
});
