import { expect, test } from 'vitest';
import { isOwnHost } from './own-host.ts';

test.each([
  '127.0.0.1',
  '127.0.0.1:8443',
  '[::1]:8443',
  '10.1.2.3',
  'localhost:80',
  'LOCALHOST',
  'fa1.lab:443',
])('a request for %s is ours', (header) => {
  expect(isOwnHost(header, 'fa1.lab')).toBe(true);
});

test.each([
  'evil.example',
  'evil.example:8443',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'user@127.0.0.1',
  '',
  undefined,
])('a request for %s is not ours', (header) => {
  expect(isOwnHost(header, 'fa1.lab')).toBe(false);
});
