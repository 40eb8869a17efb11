import type { FlashArray, Host } from '@cinder-flasharray/flasharray';
import type { Connector, MissedDisconnect } from '../contract/records.ts';
import type { EndingContext } from '../contract/volume-driver.ts';

/** Who has a volume on an array. */
export interface VolumeHosts {
  /** That have it by a connection of their own. */
  readonly hosts: readonly Host[];
  /** One that has it; null: none. */
  readonly hostGroup: string | null;
}

/** One round when nobody has it, else two. */
export async function volumeHosts(array: FlashArray, volume: string): Promise<VolumeHosts> {
  const connections = await array.connections.list({ volume });
  const names = connections.flatMap(({ host, hostGroup }) =>
    host === null || hostGroup !== null ? [] : [host],
  );
  const hosts = await Promise.all([...new Set(names)].map((name) => array.hosts.find(name)));
  const shared = connections.find(({ hostGroup }) => hostGroup !== null);
  return { hosts: hosts.filter((host) => host !== null), hostGroup: shared?.hostGroup ?? null };
}

/** By which a machine's host is found again, on any array, and told from those of other machines. */
function connectorOf({ name, iqns, wwns, nqns }: Host): Connector {
  const [initiator] = iqns;
  const [nqn] = nqns;
  return {
    host: name,
    ...(initiator === undefined ? {} : { initiator, initiators: iqns }),
    ...(nqn === undefined ? {} : { nqn, nqns }),
    wwpns: wwns,
  };
}

/** The end of all connections of a volume on one array. */
export interface VolumeEnd {
  readonly end: MissedDisconnect;
  /** Null: the array does not answer. */
  readonly found: VolumeHosts | null;
}

/** @param here the hosts on the current array: one that does not answer has the same */
export async function tellEnds(
  ends: readonly VolumeEnd[],
  here: VolumeHosts,
  ending: EndingContext['ending'],
): Promise<void> {
  for (const { end, found } of ending === undefined ? [] : ends) {
    for (const host of (found ?? here).hosts) {
      await ending?.(end, connectorOf(host));
    }
  }
}
