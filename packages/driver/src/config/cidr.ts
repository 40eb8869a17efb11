import { BlockList, isIP } from 'node:net';

/** A network that addresses are tested against. */
export interface Cidr {
  /** As it was written: `10.0.0.0/30`. */
  readonly text: string;
  /** True for an address (no brackets) of the same family inside the network. */
  contains(address: string): boolean;
}

export type ParsedCidr =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'invalid'; readonly rule: string };

/** An address as one number, 32 or 128 bits. */
function addressBits(address: string, family: 4 | 6): bigint {
  if (family === 4) {
    return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  }
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const expand = (text: string): readonly string[] =>
    groups(text).flatMap((group) => {
      if (!group.includes('.')) {
        return [group];
      }
      const v4 = addressBits(group, 4);
      return [(v4 >> 16n).toString(16), (v4 & 0xffffn).toString(16)];
    });
  const left = expand(head);
  const right = tail === undefined ? [] : expand(tail);
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/**
 * Strict network notation, as Python's ipaddress reads it: host bits must be zero (`10.0.0.5/24` is refused), a bare
 * address is a network of one.
 */
export function parseCidr(text: string): ParsedCidr {
  const [address = '', prefixText, ...rest] = text.trim().split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || address.includes('%') || rest.length > 0) {
    return { kind: 'invalid', rule: 'must be an IPv4 or IPv6 network such as 10.0.0.0/24 or 2001:db8::/64' };
  }
  const width = family === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? width : Number(prefixText);
  if (prefixText !== undefined && (!/^\d{1,3}$/.test(prefixText) || prefix > width)) {
    return { kind: 'invalid', rule: `the prefix length must be 0 to ${width}` };
  }
  const hostBits = (1n << BigInt(width - prefix)) - 1n;
  if ((addressBits(address, family) & hostBits) !== 0n) {
    return { kind: 'invalid', rule: `has host bits set: it names an address, not a network of /${prefix}` };
  }
  const network = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  network.addSubnet(address, prefix, kind);
  return {
    kind: 'cidr',
    cidr: { text: text.trim(), contains: (tested) => isIP(tested) === family && network.check(tested, kind) },
  };
}
