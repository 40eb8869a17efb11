import type { NetworkInterface, Port } from '@cinder-flasharray/flasharray';
import type { Cidr } from '../config/cidr.ts';

/** One path of an array: a target name and where it listens. */
export interface IscsiTarget {
  readonly iqn: string;
  /** `10.0.0.1:3260`, `[2001:db8::1]:3260`. */
  readonly portal: string;
}

export type IscsiTargets =
  | { readonly kind: 'targets'; readonly targets: readonly IscsiTarget[] }
  /** The array has no iSCSI port that is up. */
  | { readonly kind: 'no-ports' }
  /** It has some, but none inside the CIDRs; `portals` are those it has. */
  | { readonly kind: 'none-allowed'; readonly portals: readonly string[] };

/**
 * The paths hosts may use: ports that speak iSCSI, on controllers that are ready, whose interface (physical, LACP bond
 * or virtual) is enabled and serves iSCSI, and whose address is inside one of the CIDRs. Each once.
 */
export function iscsiTargets(
  ports: readonly Port[],
  interfaces: readonly NetworkInterface[],
  readyControllers: readonly string[],
  cidrs: readonly Cidr[],
): IscsiTargets {
  const byName = new Map(interfaces.map((candidate) => [candidate.name.toUpperCase(), candidate]));
  const ready = new Set(readyControllers.map((name) => name.toUpperCase()));
  const targets = new Map<string, IscsiTarget & { readonly address: string }>();
  for (const { name, iqn, portal } of ports) {
    if (iqn === null || portal === null || !isServing(name.toUpperCase(), byName, ready)) {
      continue;
    }
    const host = portal.address.includes(':') ? `[${portal.address}]` : portal.address;
    const text = `${host}:${portal.port}`;
    targets.set(`${iqn} ${text}`, { iqn, portal: text, address: portal.address });
  }
  if (targets.size === 0) {
    return { kind: 'no-ports' };
  }
  const allowed = [...targets.values()].filter(({ address }) => cidrs.some((cidr) => cidr.contains(address)));
  return allowed.length === 0
    ? { kind: 'none-allowed', portals: [...targets.values()].map(({ portal }) => portal) }
    : { kind: 'targets', targets: allowed.map(({ iqn, portal }) => ({ iqn, portal })) };
}

/** Ports without an interface row of their name are the array's to judge: it lists data ports only. */
function isServing(
  port: string,
  interfaces: ReadonlyMap<string, NetworkInterface>,
  ready: ReadonlySet<string>,
): boolean {
  const [controller = ''] = port.split('.');
  if (/^CT\d+$/.test(controller) && !ready.has(controller)) {
    return false;
  }
  const own = interfaces.get(port);
  return own === undefined || (own.enabled && own.services.includes('iscsi'));
}
