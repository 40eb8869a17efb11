import { isIP } from 'node:net';

/**
 * Whether a request was meant for this machine: for an address, `localhost` or the name that it listens on. A page of the
 * web whose own name somebody has let point to loopback says that name, and would read and change everything here.
 * @param header `Host`
 * @param listening the name that is listened on
 */
export function isOwnHost(header: string | undefined, listening: string): boolean {
  const name = hostnameOf(header ?? '');
  return isIP(name) !== 0 || name === 'localhost' || name === listening.toLowerCase();
}

/** Of `name:port` or `[address]:port`; empty: it is neither. */
function hostnameOf(header: string): string {
  const [, v6, name] = /^(?:\[([^\]]+)\]|([^:@/?#\s]+))(?::\d{1,5})?$/.exec(header) ?? [];
  return (v6 ?? name ?? '').toLowerCase();
}
