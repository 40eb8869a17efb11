import type { FlashArray } from '@cinder-flasharray/flasharray';
import { DriverError } from '../contract/driver-error.ts';
import type { InitiatorTargetMap } from '../contract/records.ts';
import { hostName } from '../names/host-name.ts';
import { scsiWwid } from '../names/volume-name.ts';
import type { HostConnector } from './connector.ts';
import type { FabricLookup } from './fabrics.ts';
import { lunOf } from './iscsi.ts';
import { isOnReadyController } from './portals.ts';
import type { Paths, Protocol } from './protocol.ts';

/**
 * Fibre Channel: every WWN of the array, or for each initiator those in its fabrics.
 * @param lookup null: no fabric is known, every initiator may reach every target
 */
export function fibreChannelProtocol(lookup: FabricLookup | null): Protocol {
  return {
    initiatorKind: 'wwn',
    sharedTargets: false,
    chap: false,
    hostName,
    paths: (array, connector) => fibreChannelPaths(array, lookup, connector),
    disconnected: async (array, connector, unused) => {
      if (connector === null || !unused) {
        return { driver_volume_type: 'fibre_channel', data: {} };
      }
      const targets = await targetWwns(array);
      return {
        driver_volume_type: 'fibre_channel',
        data: {
          target_wwn: targets,
          initiator_target_map: await targetMap(lookup, connector, targets),
        },
      };
    },
  };
}

async function fibreChannelPaths(
  array: FlashArray,
  lookup: FabricLookup | null,
  connector: HostConnector,
): Promise<Paths> {
  const targets = await targetWwns(array);
  if (targets.length === 0) {
    throw new DriverError('driver', `No Fibre Channel ports on target array ${array.identity.name}.`);
  }
  const map = await targetMap(lookup, connector, targets);
  const { names } = connector.initiators;
  const through = (initiators: readonly string[]): Paths => {
    const reached = Object.fromEntries(
      connector.spelling.flatMap((wwpn, index) =>
        initiators.includes(names[index] ?? wwpn) ? [[wwpn, map[wwpn] ?? []]] : [],
      ),
    );
    if (names.length > 0 && Object.values(reached).every((reachable) => reachable.length === 0)) {
      throw new DriverError(
        'driver',
        `No fabric joins host ${connector.host} (${Object.keys(reached).join(', ')}) and array ${array.identity.name} (${targets.join(', ')}).`,
      );
    }
    return {
      names: targets,
      through,
      info: ({ volume, connection }) => {
        const lun = lunOf(connection, array);
        return {
          driver_volume_type: 'fibre_channel',
          data: {
            target_discovered: true,
            discard: true,
            addressing_mode: 'SAM2',
            target_lun: lun,
            target_luns: targets.map(() => lun),
            target_wwn: targets,
            target_wwns: targets,
            initiator_target_map: reached,
            wwn: scsiWwid(volume.serial),
          },
        };
      },
    };
  };
  return through(names);
}

/** Ports that speak SCSI: a WWN beside an NQN is NVMe over Fibre Channel, which the driver does not use. */
async function targetWwns(array: FlashArray): Promise<readonly string[]> {
  const [ports, controllers] = await Promise.all([array.ports.list(), array.arrays.readyControllers()]);
  const ready = new Set(controllers.map((name) => name.toUpperCase()));
  return [
    ...new Set(
      ports.flatMap(({ name, wwn, nqn }) =>
        wwn === null || nqn !== null || !isOnReadyController(name, ready) ? [] : [wwn],
      ),
    ),
  ];
}

async function targetMap(
  lookup: FabricLookup | null,
  connector: HostConnector,
  targets: readonly string[],
): Promise<InitiatorTargetMap> {
  const { names } = connector.initiators;
  const fabrics =
    lookup === null ? [{ initiators: names, targets }] : await lookup.deviceMapping(names, targets);
  const reachable = (initiator: string): readonly string[] =>
    targets.filter((target) =>
      fabrics.some((fabric) => fabric.initiators.includes(initiator) && fabric.targets.includes(target)),
    );
  return Object.fromEntries(connector.spelling.map((wwpn, index) => [wwpn, reachable(names[index] ?? wwpn)]));
}
