import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { staticFabricLookup } from '../../src/connections/fabrics.ts';
import type {
  ConnectionInfo,
  FibreChannelConnectionData,
  NvmeConnectionData,
} from '../../src/contract/records.ts';
import {
  acceptanceCase,
  arrayName,
  aVolume,
  type CaseContext,
  cidr,
  connector,
  hostName,
  iqn,
  iscsiData,
  runCases,
  systemUuid,
  volumeName,
} from './harness.ts';

const fibreChannel = { protocol: { kind: 'fibre-channel', fabrics: null } } as const;
const nvme = (transport: 'roce' | 'tcp') =>
  ({ protocol: { kind: 'nvme', transport, cidrs: [cidr('0.0.0.0/0')] } }) as const;

const wwpns = ['21000024ff59bb01', '21000024ff59bb02'];
const fcConnector = { host: 'computenode1', wwpns, wwnns: ['20000024ff59bb01'], 'system uuid': systemUuid };
const nqn = 'nqn.2014-08.org.nvmexpress:uuid:4c4c4544-0042-3510-8057-b9c04f4a3332';
const nvmeConnector = { host: 'computenode1', nqn, 'system uuid': systemUuid };
const digits = createHash('sha256').update('nvme 420456d9ec23e1207084a8ce8fde3990').digest('hex');
const nvmeHost = `computenode1-${digits.slice(0, 32)}-cinder`;

const portWwns = ['524A9370AAAAAA00', '524A9370AAAAAA01', '524A9370AAAAAA10', '524A9370AAAAAA11'];

async function giveFcPorts({ control }: CaseContext): Promise<void> {
  await control.setInterfaces(
    arrayName,
    portWwns.map((wwn, index) => ({
      name: `ct${index < 2 ? 0 : 1}.fc${index % 2}`,
      address: null,
      services: ['scsi-fc'],
      wwn,
    })),
  );
}

async function giveNvmePorts({ control }: CaseContext, service: 'nvme-tcp' | 'nvme-roce'): Promise<void> {
  await control.setInterfaces(arrayName, [
    { name: 'ct0.eth4', address: '10.0.0.1', services: ['iscsi'] },
    { name: 'ct0.eth8', address: '10.0.1.1', services: [service] },
    { name: 'ct1.eth8', address: '10.0.1.2', services: [service] },
  ]);
}

function fcData(info: ConnectionInfo): FibreChannelConnectionData {
  if (info.driver_volume_type !== 'fibre_channel') {
    throw new Error(`the driver answers for ${info.driver_volume_type}`);
  }
  return info.data;
}

function nvmeData(info: ConnectionInfo): NvmeConnectionData {
  if (info.driver_volume_type !== 'nvmeof') {
    throw new Error(`the driver answers for ${info.driver_volume_type}`);
  }
  return info.data;
}

acceptanceCase(46, 'a host that any of the WWPNs belongs to is the host', async (context) => {
  const { control, openDriver, state } = context;
  await giveFcPorts(context);
  await control.admin(arrayName, { kind: 'createHost', name: 'blade', wwns: ['21:00:00:24:FF:59:BB:01'] });
  const driver = await openDriver(fibreChannel);
  await driver.volumes.create(aVolume(1));
  const data = fcData(await driver.connections.connect(aVolume(1), fcConnector));
  const after = await state();
  expect(after.hosts).toMatchObject([{ name: 'blade', wwns: ['21000024FF59BB01'] }]);
  expect(after.connections).toMatchObject([{ volume: volumeName, host: 'blade', lun: 1 }]);
  expect(data).toEqual({
    target_discovered: true,
    discard: true,
    addressing_mode: 'SAM2',
    target_lun: 1,
    target_luns: [1, 1, 1, 1],
    target_wwn: portWwns,
    target_wwns: portWwns,
    // The administrator's host has no other initiator.
    initiator_target_map: { '21000024ff59bb01': portWwns },
    wwn: `3624a9370${after.volumes[0]?.serial.toLowerCase()}`,
  });
});

acceptanceCase(47, 'initiators get the targets of their own fabric', async (context) => {
  const { openDriver, state } = context;
  await giveFcPorts(context);
  const fabrics = [
    { name: 'red', members: new Set(['21000024FF59BB01', '524A9370AAAAAA00', '524A9370AAAAAA10']) },
    { name: 'blue', members: new Set(['21000024FF59BB02', '524A9370AAAAAA01', '524A9370AAAAAA11']) },
  ];
  const driver = await openDriver({ protocol: { kind: 'fibre-channel', fabrics } });
  await driver.volumes.create(aVolume(1));
  const data = fcData(await driver.connections.connect(aVolume(1), fcConnector));
  expect(data.initiator_target_map).toEqual({
    '21000024ff59bb01': ['524A9370AAAAAA00', '524A9370AAAAAA10'],
    '21000024ff59bb02': ['524A9370AAAAAA01', '524A9370AAAAAA11'],
  });
  expect((await state()).hosts).toMatchObject([
    { name: hostName, wwns: ['21000024FF59BB01', '21000024FF59BB02'] },
  ]);
  await expect(staticFabricLookup(fabrics).deviceMapping(['21000024FF59BB01'], portWwns)).resolves.toEqual([
    { initiators: ['21000024FF59BB01'], targets: ['524A9370AAAAAA00', '524A9370AAAAAA10'] },
    { initiators: [], targets: ['524A9370AAAAAA01', '524A9370AAAAAA11'] },
  ]);
});

acceptanceCase(48, 'zones go with the host’s last volume only', async (context) => {
  const { openDriver, state } = context;
  await giveFcPorts(context);
  const driver = await openDriver(fibreChannel);
  const otherId = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
  const other = aVolume(1, { id: otherId, nameId: otherId, providerId: `volume-${otherId}-cinder` });
  for (const volume of [aVolume(1), other]) {
    await driver.volumes.create(volume);
    await driver.connections.connect(volume, fcConnector);
  }
  await expect(driver.connections.disconnect(aVolume(1), fcConnector)).resolves.toEqual({
    driver_volume_type: 'fibre_channel',
    data: {},
  });
  await expect(driver.connections.disconnect(other, fcConnector)).resolves.toEqual({
    driver_volume_type: 'fibre_channel',
    data: {
      target_wwn: portWwns,
      initiator_target_map: { '21000024ff59bb01': portWwns, '21000024ff59bb02': portWwns },
    },
  });
  expect((await state()).hosts).toEqual([]);
});

acceptanceCase(49, 'an NVMe-TCP host gets the NQN, the portals and the NGUID', async (context) => {
  const { openDriver, state } = context;
  await giveNvmePorts(context, 'nvme-tcp');
  const driver = await openDriver(nvme('tcp'));
  await driver.volumes.create(aVolume(1));
  const info = await driver.connections.connect(aVolume(1), nvmeConnector);
  const after = await state();
  const serial = after.volumes[0]?.serial.toLowerCase() ?? '';
  expect(info.driver_volume_type).toBe('nvmeof');
  const data = nvmeData(info);
  expect(data).toMatchObject({
    discard: true,
    portals: [
      ['10.0.1.1', 4420, 'tcp'],
      ['10.0.1.2', 4420, 'tcp'],
    ],
    volume_nguid: `00${serial.slice(0, 14)}24a937${serial.slice(14)}`,
  });
  expect(data.volume_nguid).toMatch(/^[0-9a-f]{32}$/);
  expect(data.target_nqn).toMatch(/^nqn\.2010-06\.com\.purestorage:flasharray\./);
  const [connection] = after.connections;
  // Arrays count namespaces from Purity 6.6 on, and LUNs before.
  expect(context.level.name === 'newest' ? connection?.nsid : connection?.lun).toBe(1);
  await expect(driver.connections.connect(aVolume(1), nvmeConnector)).resolves.toEqual(info);
});

acceptanceCase(50, 'an NVMe connector needs an NQN', async (context) => {
  await giveNvmePorts(context, 'nvme-roce');
  const driver = await context.openDriver(nvme('roce'));
  await driver.volumes.create(aVolume(1));
  await expect(
    driver.connections.connect(aVolume(1), { host: 'computenode1', 'system uuid': systemUuid }),
  ).rejects.toMatchObject({ code: 'invalid-connector', message: expect.stringContaining('nqn') });
  expect((await context.state()).hosts).toEqual([]);
});

acceptanceCase(51, 'one machine uses iSCSI and NVMe on one array', async (context) => {
  const { openDriver, state } = context;
  await giveNvmePorts(context, 'nvme-roce');
  const overIscsi = await openDriver();
  const overNvme = await openDriver(nvme('roce'));
  await overIscsi.volumes.create(aVolume(1));
  const id = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
  const other = aVolume(1, { id, nameId: id, providerId: `volume-${id}-cinder` });
  await overNvme.volumes.create(other);
  const first = iscsiData(await overIscsi.connections.connect(aVolume(1), connector()));
  const second = nvmeData(await overNvme.connections.connect(other, nvmeConnector));
  expect(first.target_portals).toEqual(['10.0.0.1:3260']);
  expect(second.portals).toEqual([
    ['10.0.1.1', 4420, 'rdma'],
    ['10.0.1.2', 4420, 'rdma'],
  ]);
  expect((await state()).hosts.toSorted((a, b) => b.iqns.length - a.iqns.length)).toMatchObject([
    { name: hostName, iqns: [iqn], nqns: [] },
    { name: nvmeHost, iqns: [], nqns: [nqn] },
  ]);
  await overNvme.connections.disconnect(other, nvmeConnector);
  await overIscsi.connections.disconnect(aVolume(1), connector());
  expect((await state()).hosts).toEqual([]);
});

runCases();
