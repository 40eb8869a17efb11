import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOrigin, parseArrayAddress } from './address.ts';

describe('array address', () => {
  test.each([
    ['array.example.com', 'array.example.com', 443],
    ['array', 'array', 443],
    ['array.example.com:8443', 'array.example.com', 8443],
    ['192.0.2.7', '192.0.2.7', 443],
    ['127.0.0.1:8443', '127.0.0.1', 8443],
    ['[2001:db8::7]:8443', '2001:db8::7', 8443],
    ['[2001:db8::7]', '2001:db8::7', 443],
    ['2001:db8::7', '2001:db8::7', 443],
    ['::1', '::1', 443],
  ])('%s is taken', (text, host, port) => {
    expect(parseArrayAddress(text)).toEqual({ host, port });
  });

  test.each([
    '',
    ' array',
    'array ',
    'https://array',
    'array/api',
    'user@array',
    'array:',
    'array:0',
    'array:65536',
    'array:-1',
    'array:8443:1',
    '[192.0.2.7]:443',
    '[2001:db8::7',
    '[2001:db8::zz]',
    'fe80::1%eth0',
    '[fe80::1%eth0]:443',
    '1.2.3.256',
    '10.0.0',
    '-array',
    'array-.example.com',
    'array..example.com',
    'arr?ay',
  ])('%j is refused', (text) => {
    expect(parseArrayAddress(text)).toBeNull();
  });

  test('an IPv6 address gets brackets in the origin', () => {
    expect(addressOrigin({ host: '2001:db8::7', port: 8443 })).toBe('https://[2001:db8::7]:8443');
    expect(addressOrigin({ host: 'array', port: 443 })).toBe('https://array:443');
  });

  test('what is taken makes an origin that leads to the same host and port', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
          fc.domain(),
        ),
        fc.integer({ min: 1, max: 65_535 }),
        (host, port) => {
          const address = parseArrayAddress(`${host}:${port}`);
          // A domain whose labels are all digits looks like a mistyped IPv4 address and may be refused.
          fc.pre(address !== null);
          const url = new URL(addressOrigin(address));
          expect(url.port === '' ? 443 : Number(url.port)).toBe(port);
          expect(url.pathname).toBe('/');
          expect(url.username).toBe('');
        },
      ),
    );
  });
});
