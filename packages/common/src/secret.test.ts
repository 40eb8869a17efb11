import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

const secret = new Secret('902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9');

test('a secret prints as [redacted] in a string, in JSON and in inspection', () => {
  expect(`${secret}`).toBe('[redacted]');
  expect(JSON.stringify({ token: secret })).toBe('{"token":"[redacted]"}');
  expect(inspect({ token: secret })).toBe('{ token: [redacted] }');
  expect(Object.values(secret)).toEqual([]);
});

test('a secret gives its text only when asked to expose it', () => {
  expect(secret.expose()).toBe('902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9');
});
