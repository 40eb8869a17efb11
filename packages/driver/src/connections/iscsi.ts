import type { Connection, FlashArray } from '@cinder-flasharray/flasharray';
import type { Cidr } from '../config/cidr.ts';
import { DriverError } from '../contract/driver-error.ts';
import { hostName } from '../names/host-name.ts';
import { scsiWwid } from '../names/volume-name.ts';
import { portalTargets, portalText } from './portals.ts';
import type { Paths, Protocol } from './protocol.ts';

/** iSCSI: every portal that hosts may use, with the same LUN. */
export function iscsiProtocol(options: {
  readonly chap: boolean;
  readonly cidrs: readonly Cidr[];
}): Protocol {
  return {
    initiatorKind: 'iqn',
    sharedTargets: true,
    chap: options.chap,
    hostName,
    paths: (array) => iscsiPaths(array, options.cidrs),
    disconnected: async () => null,
  };
}

async function iscsiPaths(array: FlashArray, cidrs: readonly Cidr[]): Promise<Paths> {
  const [ports, interfaces, controllers] = await Promise.all([
    array.ports.list(),
    array.networkInterfaces.list(),
    array.arrays.readyControllers(),
  ]);
  const found = portalTargets('iscsi', ports, interfaces, controllers, cidrs);
  if (found.kind === 'no-ports') {
    throw new DriverError('driver', `No iSCSI-enabled ports on target array ${array.identity.name}.`);
  }
  if (found.kind === 'none-allowed') {
    throw new DriverError(
      'driver',
      `No iSCSI portal of array ${array.identity.name} is inside pure_iscsi_cidr ` +
        `${cidrs.map(({ text }) => text).join(', ')}: it has ${found.portals.join(', ')}.`,
    );
  }
  const { targets } = found;
  const paths: Paths = {
    names: targets.map(portalText),
    // A host of this protocol has one initiator.
    through: () => paths,
    info: ({ volume, connection, chap }) => {
      const lun = lunOf(connection, array);
      return {
        driver_volume_type: 'iscsi',
        data: {
          target_discovered: false,
          discard: true,
          addressing_mode: 'SAM2',
          target_luns: targets.map(() => lun),
          target_iqns: targets.map(({ name }) => name),
          target_portals: targets.map(portalText),
          wwn: scsiWwid(volume.serial),
          ...(chap === null
            ? {}
            : {
                auth_method: 'CHAP',
                auth_username: chap.user,
                auth_password: chap.password.expose(),
              }),
        },
      };
    },
  };
  return paths;
}

/** @throws DriverError `driver` for a connection without one */
export function lunOf(connection: Connection, array: FlashArray): number {
  if (connection.lun === null) {
    throw new DriverError(
      'driver',
      `Array ${array.identity.name} connected volume ${connection.volume} to host ${connection.host} without a LUN.`,
    );
  }
  return connection.lun;
}
