import { isIPv4, isIPv6 } from 'node:net';

/** Where an array's management interface listens. */
export interface ArrayAddress {
  /** Host name or IP address, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

const defaultPort = 443;
const hostLabel = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

/**
 * Parses `array.example.com`, `192.0.2.7`, `127.0.0.1:8443`, `[2001:db8::7]:8443`, `[2001:db8::7]` and `2001:db8::7`.
 * Null for everything else: a scheme, a path, user information, a zone id, spaces, a port outside 1 to 65535.
 */
export function parseArrayAddress(text: string): ArrayAddress | null {
  if (isIPv6(text) && !text.includes('%')) {
    return { host: text, port: defaultPort };
  }
  const match = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) {
    return null;
  }
  const [, bracketed, plain, portText] = match;
  const host = bracketed ?? plain ?? '';
  const valid = bracketed === undefined ? isHostName(host) : isIPv6(host) && !host.includes('%');
  const port = portText === undefined ? defaultPort : Number(portText);
  return valid && port >= 1 && port <= 65_535 ? { host, port } : null;
}

/** `https://192.0.2.7:443`, with an IPv6 address in brackets. */
export function addressOrigin(address: ArrayAddress): string {
  return `https://${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;
}

function isHostName(host: string): boolean {
  // Something made of digits and dots alone is meant as an IPv4 address; `10.0.0` or `1.2.3.256` is a typing error.
  if (/^[\d.]+$/.test(host)) {
    return isIPv4(host);
  }
  const labels = host.replace(/\.$/, '').split('.');
  return host.length <= 253 && labels.every((label) => hostLabel.test(label));
}
