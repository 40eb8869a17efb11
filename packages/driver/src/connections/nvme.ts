import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { Cidr } from '../config/cidr.ts';
import type { NvmeTransport } from '../config/nvme-transport.ts';
import { DriverError } from '../contract/driver-error.ts';
import { nvmeHostName } from '../names/host-name.ts';
import { nguid } from '../names/volume-name.ts';
import { portalTargets } from './portals.ts';
import type { Paths, Protocol } from './protocol.ts';

/** Where NVMe over RoCE and TCP listens, whatever port the array announces (driver-behaviour section 4.4). */
const nvmePort = 4420;
const services = { roce: 'nvme-roce', tcp: 'nvme-tcp' } as const;
const labels = { roce: 'NVMe-RoCE', tcp: 'NVMe-TCP' } as const;
/** os-brick's word for the transport. */
const brickTransports = { roce: 'rdma', tcp: 'tcp' } as const;

/**
 * NVMe over Ethernet. The array counts namespaces or LUNs, but the host finds the volume by its NGUID. Hosts get a name
 * of their own: newer arrays refuse an NQN beside an IQN or WWN.
 */
export function nvmeProtocol(options: {
  readonly transport: NvmeTransport;
  readonly cidrs: readonly Cidr[];
}): Protocol {
  return {
    initiatorKind: 'nqn',
    sharedTargets: null,
    chap: false,
    hostName: nvmeHostName,
    paths: (array) => nvmePaths(array, options.transport, options.cidrs),
    disconnected: async () => null,
  };
}

async function nvmePaths(
  array: FlashArray,
  transport: NvmeTransport,
  cidrs: readonly Cidr[],
): Promise<Paths> {
  const [ports, interfaces, controllers] = await Promise.all([
    array.ports.list(),
    array.networkInterfaces.list(),
    array.arrays.readyControllers(),
  ]);
  const found = portalTargets(services[transport], ports, interfaces, controllers, cidrs);
  if (found.kind === 'no-ports') {
    throw new DriverError(
      'driver',
      `No ${labels[transport]} enabled ports on target array ${array.identity.name}.`,
    );
  }
  if (found.kind === 'none-allowed') {
    throw new DriverError(
      'driver',
      `No ${labels[transport]} portal of array ${array.identity.name} is inside pure_nvme_cidr ` +
        `${cidrs.map(({ text }) => text).join(', ')}: it has ${found.portals.join(', ')}.`,
    );
  }
  // A host joins one subsystem: portals of another one would not lead to this volume.
  const subsystem = found.targets[0]?.name ?? '';
  const portals = found.targets
    .filter(({ name }) => name === subsystem)
    .map(({ address }) => [address, nvmePort, brickTransports[transport]] as const);
  const paths: Paths = {
    names: portals.map(([address]) => address),
    // A host of this protocol has one initiator.
    through: () => paths,
    info: ({ volume }) => ({
      driver_volume_type: 'nvmeof',
      data: { discard: true, target_nqn: subsystem, portals, volume_nguid: nguid(volume.serial) },
    }),
  };
  return paths;
}
