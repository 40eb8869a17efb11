import { DriverError } from '../contract/driver-error.ts';
import type { ConnectionInfo, DisconnectionInfo, InitiatorTargetMap } from '../contract/records.ts';

/**
 * What a host is told when it reaches a volume through several arrays: the paths of all, each with the LUN that its array
 * uses. NVMe hosts join one subsystem at a time, so there the first array's is named where os-brick looks for it, and
 * all of them in `uniform_targets`.
 * @param infos one of each array, the current one first
 */
export function joinConnectionInfo(first: ConnectionInfo, others: readonly ConnectionInfo[]): ConnectionInfo {
  if (others.length === 0) {
    return first;
  }
  switch (first.driver_volume_type) {
    case 'iscsi': {
      const all = [first.data, ...others.map((info) => dataOf('iscsi', info))];
      return {
        driver_volume_type: 'iscsi',
        data: {
          ...first.data,
          target_luns: all.flatMap(({ target_luns }) => target_luns),
          target_iqns: all.flatMap(({ target_iqns }) => target_iqns),
          target_portals: all.flatMap(({ target_portals }) => target_portals),
        },
      };
    }
    case 'fibre_channel': {
      const all = [first.data, ...others.map((info) => dataOf('fibre_channel', info))];
      const wwns = all.flatMap(({ target_wwn }) => target_wwn);
      return {
        driver_volume_type: 'fibre_channel',
        data: {
          ...first.data,
          target_luns: all.flatMap(({ target_luns }) => target_luns),
          target_wwn: wwns,
          target_wwns: wwns,
          initiator_target_map: joinMaps(all.map(({ initiator_target_map }) => initiator_target_map)),
        },
      };
    }
    case 'nvmeof': {
      const all = [first.data, ...others.map((info) => dataOf('nvmeof', info))];
      return {
        driver_volume_type: 'nvmeof',
        data: {
          ...first.data,
          uniform_targets: all.map(({ target_nqn, portals }) => ({ target_nqn, portals })),
        },
      };
    }
  }
}

/** WWNs of every array on which the host has no connection left. */
export function joinDisconnectionInfo(
  infos: readonly (DisconnectionInfo | null)[],
): DisconnectionInfo | null {
  const told = infos.filter((info) => info !== null);
  if (told.length === 0) {
    return null;
  }
  const wwns: string[] = [];
  const maps: InitiatorTargetMap[] = [];
  for (const { data } of told) {
    if ('target_wwn' in data && Array.isArray(data.target_wwn)) {
      wwns.push(...data.target_wwn);
      maps.push(data.initiator_target_map ?? {});
    }
  }
  return {
    driver_volume_type: 'fibre_channel',
    data: wwns.length === 0 ? {} : { target_wwn: wwns, initiator_target_map: joinMaps(maps) },
  };
}

function joinMaps(maps: readonly InitiatorTargetMap[]): InitiatorTargetMap {
  const initiators = new Set(maps.flatMap((map) => Object.keys(map)));
  return Object.fromEntries(
    [...initiators].map((initiator) => [initiator, maps.flatMap((map) => map[initiator] ?? [])]),
  );
}

type DataOf<Kind extends ConnectionInfo['driver_volume_type']> = Extract<
  ConnectionInfo,
  { readonly driver_volume_type: Kind }
>['data'];

function dataOf(kind: 'iscsi', info: ConnectionInfo): DataOf<'iscsi'>;
function dataOf(kind: 'fibre_channel', info: ConnectionInfo): DataOf<'fibre_channel'>;
function dataOf(kind: 'nvmeof', info: ConnectionInfo): DataOf<'nvmeof'>;
function dataOf(kind: string, info: ConnectionInfo): ConnectionInfo['data'] {
  if (info.driver_volume_type !== kind) {
    throw new DriverError(
      'driver',
      `Arrays of one back end answer for ${kind} and ${info.driver_volume_type}.`,
    );
  }
  return info.data;
}
