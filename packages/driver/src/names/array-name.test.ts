import { expect, test } from 'vitest';
import { isInRealm, nameIn, parseArrayName } from './array-name.ts';

test.each([
  ['vol', { kind: 'array' }, 'vol', null, null],
  ['gold/vol', { kind: 'volume-group', name: 'gold' }, 'vol', null, 'gold'],
  ['pod::vol', { kind: 'pod', name: 'pod' }, 'vol', 'pod', null],
  ['pod::gold/vol', { kind: 'volume-group', name: 'pod::gold' }, 'vol', 'pod', 'pod::gold'],
  ['realm::pod::vol', { kind: 'pod', name: 'realm::pod' }, 'vol', 'realm::pod', null],
] as const)('%s is taken apart, and put together again', (full, container, own, pod, volumeGroup) => {
  expect(parseArrayName(full)).toEqual({ container, own, pod, volumeGroup });
  expect(nameIn(container, own)).toBe(full);
});

test('a realm shows in the name of its pods', () => {
  expect(['vol', 'pod::vol', 'realm::pod::vol'].map(isInRealm)).toEqual([false, false, true]);
});
