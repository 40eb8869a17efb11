import type { NetworkInterface, Port } from '@cinder-flasharray/flasharray';
import type { Cidr } from '../config/cidr.ts';

/** Services of an array's network interface that carry volumes. */
export type PortalService = 'iscsi' | 'nvme-roce' | 'nvme-tcp';

/** One path of an array: a target name (IQN or NQN) and where it listens. */
export interface Target {
  readonly name: string;
  /** Without brackets. */
  readonly address: string;
  readonly port: number;
}

export type Targets =
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  /** The array has no such port that is up. */
  | { readonly kind: 'no-ports' }
  /** It has some, but none inside the CIDRs; `portals` are those it has. */
  | { readonly kind: 'none-allowed'; readonly portals: readonly string[] };

/** `10.0.0.1:3260`, `[2001:db8::1]:3260`. */
export function portalText({ address, port }: Pick<Target, 'address' | 'port'>): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/**
 * The paths hosts may use: ports that speak the protocol, on controllers that are ready, whose interface (physical,
 * LACP bond or virtual) is enabled and has the service, and whose address is inside one of the CIDRs. Each once.
 */
export function portalTargets(
  service: PortalService,
  ports: readonly Port[],
  interfaces: readonly NetworkInterface[],
  readyControllers: readonly string[],
  cidrs: readonly Cidr[],
): Targets {
  const byName = new Map(interfaces.map((candidate) => [candidate.name.toUpperCase(), candidate]));
  const ready = new Set(readyControllers.map((name) => name.toUpperCase()));
  const targets = new Map<string, Target>();
  for (const { name: port, iqn, nqn, portal } of ports) {
    const name = service === 'iscsi' ? iqn : nqn;
    if (name === null || portal === null || !isServing(service, port.toUpperCase(), byName, ready)) {
      continue;
    }
    const target = { name, address: portal.address, port: portal.port };
    targets.set(`${name} ${portalText(target)}`, target);
  }
  if (targets.size === 0) {
    return { kind: 'no-ports' };
  }
  const all = [...targets.values()];
  const allowed = all.filter(({ address }) => cidrs.some((cidr) => cidr.contains(address)));
  return allowed.length === 0
    ? { kind: 'none-allowed', portals: all.map(portalText) }
    : { kind: 'targets', targets: allowed };
}

/** Whether the port's controller is ready. Ports that belong to no controller (virtual ones) are always. */
export function isOnReadyController(port: string, readyControllers: ReadonlySet<string>): boolean {
  const [controller = ''] = port.toUpperCase().split('.');
  return !/^CT\d+$/.test(controller) || readyControllers.has(controller);
}

/**
 * An iSCSI port without an interface row of its name is the array's to judge: it lists data ports only. For NVMe only
 * the interface tells which transport it speaks.
 */
function isServing(
  service: PortalService,
  port: string,
  interfaces: ReadonlyMap<string, NetworkInterface>,
  ready: ReadonlySet<string>,
): boolean {
  if (!isOnReadyController(port, ready)) {
    return false;
  }
  const own = interfaces.get(port);
  return own === undefined ? service === 'iscsi' : own.enabled && own.services.includes(service);
}
