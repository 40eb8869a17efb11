import { expect, test } from 'vitest';
import { parseCidr } from './cidr.ts';

function contains(network: string, address: string): boolean {
  const parsed = parseCidr(network);
  if (parsed.kind === 'invalid') {
    throw new Error(`${network}: ${parsed.rule}`);
  }
  return parsed.cidr.contains(address);
}

test.each([
  ['0.0.0.0/0', '10.0.0.1', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '10.0.0.1', false],
  ['10.0.0.0/30', '10.0.0.3', true],
  ['10.0.0.0/30', '10.0.0.4', false],
  ['10.0.0.2', '10.0.0.2', true],
  ['10.0.0.2', '10.0.0.3', false],
  ['2001:db8::/126', '2001:db8::3', true],
  ['2001:db8::/126', '2001:db8::4', false],
])('%s holds %s: %s', (network, address, expected) => {
  expect(contains(network, address)).toBe(expected);
});

test.each([
  ['10.0.0.5/24', 'has host bits set: it names an address, not a network of /24'],
  ['2001:db8::5/64', 'has host bits set: it names an address, not a network of /64'],
  ['10.0.0.0/33', 'the prefix length must be 0 to 32'],
  ['10.0.0.0/', 'the prefix length must be 0 to 32'],
  ['10.0.0/24', 'must be an IPv4 or IPv6 network such as 10.0.0.0/24 or 2001:db8::/64'],
  ['', 'must be an IPv4 or IPv6 network such as 10.0.0.0/24 or 2001:db8::/64'],
])('%s is refused: %s', (network, rule) => {
  expect(parseCidr(network)).toEqual({ kind: 'invalid', rule });
});
