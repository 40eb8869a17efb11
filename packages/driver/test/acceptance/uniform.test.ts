import { expect } from 'vitest';
import type { BackendConfig } from '../../src/config/backend-config.ts';
import {
  acceptanceCase,
  arrayName,
  aVolume,
  type CaseContext,
  cidr,
  runCases,
  systemUuid,
  volumeName,
} from './harness.ts';
import { replicatedTo, replicatedType, steppingClock, target } from './replication-site.ts';

const peer = 'fa2';
const volume = aVolume(1, {
  type: replicatedType('sync'),
  providerId: `cinder-pod::${volumeName}`,
  metadata: { array_name: arrayName },
});
const wwnsOf = {
  [arrayName]: ['524A9370AAAAAA00', '524A9370AAAAAA10'],
  [peer]: ['524A9370BBBBBB00', '524A9370BBBBBB10'],
} as const;
const fcConnector = {
  host: 'computenode1',
  wwpns: ['21000024ff59bb01', '21000024ff59bb02'],
  wwnns: ['20000024ff59bb01'],
  'system uuid': systemUuid,
};
const nvmeConnector = {
  host: 'computenode1',
  nqn: 'nqn.2014-08.org.nvmexpress:uuid:4c4c4544-0042-3510-8057-b9c04f4a3332',
  'system uuid': systemUuid,
};

/** Work on fa1, whose pod is stretched to fa2; hosts reach both. The LUNs of the two arrays differ. */
async function openUniform(context: CaseContext, protocol: BackendConfig['protocol']) {
  await context.control.admin(peer, { kind: 'setNextLun', lun: 7 });
  const driver = await context.openDriver(
    { protocol, ...replicatedTo([target(context, peer, 'sync', true)]) },
    { clock: steppingClock(context.control) },
  );
  await driver.volumes.create(volume);
  return driver;
}

/** Hosts and connections that the arrays have. */
async function left({ control }: CaseContext): Promise<readonly unknown[]> {
  const states = await Promise.all([arrayName, peer].map((name) => control.state(name)));
  return states.flatMap(({ hosts, connections }) => [...hosts, ...connections]);
}

acceptanceCase(
  57,
  'over Fibre Channel a host has the paths of both arrays, and leaves both',
  async (context) => {
    const { control } = context;
    for (const [array, wwns] of Object.entries(wwnsOf)) {
      await control.setInterfaces(
        array,
        wwns.map((wwn, index) => ({ name: `ct${index}.fc0`, address: null, services: ['scsi-fc'], wwn })),
      );
    }
    const driver = await openUniform(context, { kind: 'fibre-channel', fabrics: null });
    const all = [...wwnsOf[arrayName], ...wwnsOf[peer]];
    expect(await driver.connections.connect(volume, fcConnector)).toMatchObject({
      driver_volume_type: 'fibre_channel',
      data: {
        target_wwn: all,
        target_luns: [1, 1, 7, 7],
        initiator_target_map: { '21000024ff59bb01': all, '21000024ff59bb02': all },
      },
    });
    expect(await driver.connections.disconnect(volume, fcConnector)).toEqual({
      driver_volume_type: 'fibre_channel',
      data: {
        target_wwn: all,
        initiator_target_map: { '21000024ff59bb01': all, '21000024ff59bb02': all },
      },
    });
    expect(await left(context)).toEqual([]);
  },
);

acceptanceCase(
  57,
  'over NVMe a host is told the subsystem of each array, and leaves both',
  async (context) => {
    const { control } = context;
    for (const [array, network] of [
      [arrayName, '10.0.1'],
      [peer, '10.0.2'],
    ] as const) {
      await control.setInterfaces(array, [
        { name: 'ct0.eth8', address: `${network}.1`, services: ['nvme-roce'] },
        { name: 'ct1.eth8', address: `${network}.2`, services: ['nvme-roce'] },
      ]);
    }
    const driver = await openUniform(context, {
      kind: 'nvme',
      transport: 'roce',
      cidrs: [cidr('0.0.0.0/0')],
    });
    const info = await driver.connections.connect(volume, nvmeConnector);
    if (info.driver_volume_type !== 'nvmeof') {
      throw new Error(`the driver answers for ${info.driver_volume_type}`);
    }
    const portals = (network: string) => [
      [`${network}.1`, 4420, 'rdma'],
      [`${network}.2`, 4420, 'rdma'],
    ];
    const { target_nqn: nqn, portals: ownPortals, uniform_targets: targets = [] } = info.data;
    expect(ownPortals).toEqual(portals('10.0.1'));
    expect(targets.map((one) => one.portals)).toEqual([portals('10.0.1'), portals('10.0.2')]);
    const [first, second] = targets.map(({ target_nqn }) => target_nqn);
    expect(first).toBe(nqn);
    // Each array is a subsystem of its own.
    expect(second).toMatch(/^nqn\.2010-06\.com\.purestorage:flasharray\.[0-9a-f]{16}$/);
    expect(second).not.toBe(first);
    await driver.connections.disconnect(volume, nvmeConnector);
    expect(await left(context)).toEqual([]);
  },
);

runCases({
  without: ['1.2', '1.5'],
  others: [peer],
  connections: [{ from: arrayName, to: peer, type: 'sync-replication' }],
});
