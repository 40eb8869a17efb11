import { createHash } from 'node:crypto';
import { gibibytes } from '@cinder-flasharray/common';
import { expect } from 'vitest';
import {
  acceptanceCase,
  arrayName,
  aVolume,
  type CaseContext,
  cidr,
  connector,
  hostName,
  iqn,
  iscsi,
  iscsiData,
  runCases,
  volumeName,
} from './harness.ts';

const portals = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
const secondId = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';

async function giveAddresses({ control }: CaseContext, addresses: readonly string[]): Promise<void> {
  await control.setInterfaces(
    arrayName,
    addresses.map((address, index) => ({
      name: `ct${index % 2}.eth${4 + index}`,
      address,
      services: ['iscsi'],
    })),
  );
}

acceptanceCase(32, 'a new host is made, and the answer has what os-brick reads', async (context) => {
  const { openDriver, state } = context;
  await giveAddresses(context, portals);
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1));
  const info = await driver.connections.connect(aVolume(1), connector());
  const data = iscsiData(info);
  const after = await state();
  expect(data.target_portals).toEqual(['10.0.0.1:3260', '10.0.0.3:3260', '10.0.0.2:3260', '10.0.0.4:3260']);
  expect(data.target_luns).toEqual([1, 1, 1, 1]);
  expect(new Set(data.target_iqns).size).toBe(1);
  expect(data.target_iqns).toHaveLength(4);
  expect(data).toMatchObject({ target_discovered: false, discard: true, addressing_mode: 'SAM2' });
  expect(data.wwn).toBe(`3624a9370${after.volumes[0]?.serial.toLowerCase()}`);
  expect(Object.keys(data).filter((key) => key.startsWith('auth'))).toEqual([]);
  expect(after.hosts).toMatchObject([{ name: hostName, iqns: [iqn] }]);
  expect(after.connections).toMatchObject([{ volume: volumeName, host: hostName, lun: 1 }]);
});

acceptanceCase(
  33,
  'attaching again gives the same answer and no second connection',
  async ({ openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    const first = await driver.connections.connect(aVolume(1), connector());
    await expect(driver.connections.connect(aVolume(1), connector())).resolves.toEqual(first);
    expect((await state()).connections).toHaveLength(1);
  },
);

acceptanceCase(
  34,
  'an administrator’s host is used as it is and stays',
  async ({ control, openDriver, state }) => {
    await control.admin(arrayName, { kind: 'createHost', name: 'admin-host', iqns: [iqn.toUpperCase()] });
    const before = (await state()).hosts;
    const driver = await openDriver({ hostPersonality: 'esxi' });
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    expect((await state()).connections).toMatchObject([{ host: 'admin-host' }]);
    await driver.connections.disconnect(aVolume(1), connector());
    const after = await state();
    expect(after.connections).toEqual([]);
    expect(after.hosts).toEqual(before);
  },
);

acceptanceCase(35, 'CHAP on an administrator’s host is refused', async ({ control, openDriver, state }) => {
  await control.admin(arrayName, { kind: 'createHost', name: 'admin-host', iqns: [iqn] });
  const driver = await openDriver({ protocol: iscsi({ chap: true }) });
  await driver.volumes.create(aVolume(1));
  await expect(driver.connections.connect(aVolume(1), connector())).rejects.toThrow('use_chap_auth=True');
  const after = await state();
  expect(after.connections).toEqual([]);
  expect(after.hosts).toMatchObject([{ name: 'admin-host', chapUser: null }]);
});

acceptanceCase(
  36,
  'two services that attach at once agree on one CHAP secret',
  async ({ openDriver, secrets, state }) => {
    const [first, second] = [
      await openDriver({ protocol: iscsi({ chap: true }) }),
      await openDriver({ protocol: iscsi({ chap: true }) }),
    ];
    await first.volumes.create(aVolume(1));
    await first.volumes.create(aVolume(1, { id: secondId }));
    const answers = await Promise.all([
      first.connections.connect(aVolume(1), connector()),
      second.connections.connect(aVolume(1, { id: secondId }), connector()),
    ]);
    const [stored] = [...secrets.stored.values()];
    expect(secrets.stored.size).toBe(1);
    for (const { data } of answers) {
      expect(data).toMatchObject({
        auth_method: 'CHAP',
        auth_username: 'computenode1',
        auth_password: stored,
      });
    }
    expect(stored).toMatch(/^(?=.*[2-9])(?=.*[A-Z])(?=.*[a-z])[2-9A-HJ-NP-Za-km-z]{16}$/);
    expect((await state()).hosts).toMatchObject([
      {
        chapUser: 'computenode1',
        chapHostPasswordSha256: createHash('sha256')
          .update(stored ?? '')
          .digest('hex'),
        connectionCount: 2,
      },
    ]);
  },
);

acceptanceCase(
  37,
  'neither the CHAP secret nor the API token is in any log',
  async ({ apiToken, log, openDriver, secrets }) => {
    const driver = await openDriver({ protocol: iscsi({ chap: true }) });
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    await driver.connections.disconnect(aVolume(1), connector());
    const [secret] = [...secrets.stored.values()];
    expect(log.lines.length).toBeGreaterThan(5);
    expect(secret).toHaveLength(16);
    expect(log.lines.filter((line) => line.includes(secret ?? '') || line.includes(apiToken))).toEqual([]);
  },
);

acceptanceCase(
  38,
  'a host deleted between look-up and connect is made again',
  async ({ control, openDriver, request, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    await control.addFault(arrayName, { kind: 'delete-host', host: hostName, match: request('connect') });
    await expect(driver.connections.connect(aVolume(1), connector())).resolves.toMatchObject({
      data: { target_luns: [1, 1, 1, 1] },
    });
    expect((await state()).connections).toMatchObject([{ volume: volumeName, host: hostName }]);
  },
);

acceptanceCase(39, 'a host limit fails the attach at once', async ({ control, openDriver, request }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1));
  await control.addFault(arrayName, {
    kind: 'status',
    status: 400,
    message: 'Host limit reached.',
    times: null,
    match: request('create-host'),
  });
  await control.clearRequests(arrayName);
  await expect(driver.connections.connect(aVolume(1), connector())).rejects.toThrow('Host limit reached.');
  const made = (await control.requests(arrayName)).filter(({ method }) => method === 'POST');
  expect(made).toHaveLength(1);
});

acceptanceCase(40, 'portals in two overlapping CIDRs are listed once each', async (context) => {
  await giveAddresses(context, portals);
  const driver = await context.openDriver({
    protocol: iscsi({ cidrs: [cidr('10.0.0.2'), cidr('10.0.0.0/30')] }),
  });
  await driver.volumes.create(aVolume(1));
  const data = iscsiData(await driver.connections.connect(aVolume(1), connector()));
  expect([...data.target_portals].sort()).toEqual(['10.0.0.1:3260', '10.0.0.2:3260', '10.0.0.3:3260']);
  expect(data.target_iqns).toHaveLength(3);
  expect(data.target_luns).toHaveLength(3);
});

acceptanceCase(41, 'no portal in the CIDR fails the attach before anything is connected', async (context) => {
  await giveAddresses(context, portals);
  const driver = await context.openDriver({ protocol: iscsi({ cidrs: [cidr('192.168.0.0/16')] }) });
  await driver.volumes.create(aVolume(1));
  await expect(driver.connections.connect(aVolume(1), connector())).rejects.toThrow('192.168.0.0/16');
  const after = await context.state();
  expect(after.connections).toEqual([]);
  expect(after.hosts).toEqual([]);
});

acceptanceCase(
  42,
  'IPv6 portals are outside the default CIDR, and bracketed inside ::/0',
  async (context) => {
    await giveAddresses(context, ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::4']);
    const byDefault = await context.openDriver();
    await byDefault.volumes.create(aVolume(1));
    await expect(byDefault.connections.connect(aVolume(1), connector())).rejects.toThrow('No iSCSI portal');
    const driver = await context.openDriver({ protocol: iscsi({ cidrs: [cidr('::/0')] }) });
    const data = iscsiData(await driver.connections.connect(aVolume(1), connector()));
    expect([...data.target_portals].sort()).toEqual([
      '[2001:db8::1]:3260',
      '[2001:db8::2]:3260',
      '[2001:db8::3]:3260',
      '[2001:db8::4]:3260',
    ]);
  },
);

acceptanceCase(
  44,
  'a LACP data port is used; management and unknown interfaces are not',
  async ({ control, openDriver }) => {
    await control.setInterfaces(arrayName, [
      { name: 'vir0', address: '10.9.9.9', services: ['management'], subtype: 'vif' },
      { name: 'lacp0', address: '10.0.0.9', services: ['iscsi'], subtype: 'lacp_bond' },
      { name: 'ct0.eth7', address: '10.0.0.10', services: ['iscsi'], enabled: false },
      { name: 'ct0.eth8', address: null, services: ['iscsi'] },
      { name: 'ct1.eth9', address: '10.0.0.11', services: ['file'] },
    ]);
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    const data = iscsiData(await driver.connections.connect(aVolume(1), connector()));
    expect(data.target_portals).toEqual(['10.0.0.9:3260']);
  },
);

acceptanceCase(45, 'LUN 300 is passed on as it is', async ({ control, openDriver }) => {
  await control.admin(arrayName, { kind: 'setNextLun', lun: 300 });
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1));
  const data = iscsiData(await driver.connections.connect(aVolume(1), connector()));
  expect(data.target_luns).toEqual([300, 300, 300, 300]);
  expect(data.addressing_mode).toBe('SAM2');
});

acceptanceCase(
  52,
  'a host of a machine with a UUID in capitals is removed with its last connection',
  async ({ openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(
      aVolume(1),
      connector({ 'system uuid': '4C4C4544-0042-3510-8057-B9C04F4A3332' }),
    );
    expect((await state()).hosts.map(({ name }) => name)).toEqual([
      'computenode1-4c4c4544004235108057b9c04f4a3332-cinder',
    ]);
    await driver.connections.disconnect(aVolume(1), connector());
    expect((await state()).hosts).toEqual([]);
  },
);

acceptanceCase(
  52,
  'a host that the Python driver has made from a UUID in capitals is taken over, CHAP included, and removed',
  async ({ control, openDriver, state }) => {
    const name = 'computenode1-4C4C4544004235108057B9C04F4A3332-cinder';
    await control.admin(arrayName, { kind: 'createHost', name, iqns: [iqn] });
    const driver = await openDriver({ protocol: iscsi({ chap: true }) });
    await driver.volumes.create(aVolume(1));
    const uuid = { 'system uuid': '4C4C4544-0042-3510-8057-B9C04F4A3332' };
    const info = await driver.connections.connect(aVolume(1), connector(uuid));
    expect(iscsiData(info)).toMatchObject({ auth_method: 'CHAP' });
    expect((await state()).hosts.map((host) => host.name)).toEqual([name]);
    await driver.connections.disconnect(aVolume(1), connector(uuid));
    expect((await state()).hosts).toEqual([]);
  },
);

acceptanceCase(
  54,
  'without a connector every host is disconnected',
  async ({ control, openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    await control.admin(arrayName, {
      kind: 'createHost',
      name: 'admin-host',
      iqns: ['iqn.2001-04.com.example:admin'],
    });
    await control.admin(arrayName, { kind: 'connectVolumeToHost', volume: volumeName, host: 'admin-host' });
    await driver.connections.disconnect(aVolume(1), null);
    const after = await state();
    expect(after.connections).toEqual([]);
    expect(after.hosts.map(({ name }) => name)).toEqual(['admin-host']);
  },
);

acceptanceCase(55, 'detaching from a host that is gone succeeds', async ({ control, openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1));
  await driver.connections.connect(aVolume(1), connector());
  await control.admin(arrayName, { kind: 'deleteHost', name: hostName });
  await expect(driver.connections.disconnect(aVolume(1), connector())).resolves.toBeNull();
  expect((await state()).volumes).toMatchObject([{ name: volumeName, destroyed: false }]);
});

acceptanceCase(
  56,
  'attaching one volume while another is detached, 100 times, never loses the host',
  async ({ openDriver, state }) => {
    const driver = await openDriver();
    const volumes = [aVolume(1), aVolume(1, { id: secondId })] as const;
    await driver.volumes.create(volumes[0]);
    await driver.volumes.create(volumes[1]);
    await driver.connections.connect(volumes[0], connector());
    for (let round = 0; round < 100; round += 1) {
      const [attached, other] = round % 2 === 0 ? volumes : [volumes[1], volumes[0]];
      await Promise.all([
        driver.connections.connect(other, connector()),
        driver.connections.disconnect(attached, connector()),
      ]);
      const now = await state();
      expect(now.hosts.map(({ name }) => name)).toEqual([hostName]);
      expect(now.connections.map(({ volume }) => volume)).toEqual([other.providerId]);
    }
  },
);

acceptanceCase(
  56,
  'a detach waits for an attach that the array has not answered yet',
  async ({ control, openDriver, request, state }) => {
    const driver = await openDriver();
    const other = aVolume(1, { id: secondId });
    const bystander = aVolume(1, { id: '3f8def5b-73f3-4a30-a38b-cd4863a987b8' });
    await driver.volumes.create(aVolume(1));
    await driver.volumes.create(other);
    await driver.connections.connect(aVolume(1), connector());
    const hold = await control.armHold(arrayName, { match: request('connect'), phase: 'before-apply' });
    const attaching = driver.connections.connect(other, connector());
    await control.waitForHold(arrayName, hold.id, 5_000);
    const detaching = driver.connections.disconnect(aVolume(1), connector());
    // As many calls as the detach takes, begun later.
    await driver.volumes.create(bystander);
    await driver.volumes.extend(bystander, gibibytes(2));
    await driver.volumes.delete(bystander);
    expect((await state()).connections.map(({ volume }) => volume)).toEqual([volumeName]);
    await control.releaseHold(arrayName, hold.id, 'continue');
    await expect(Promise.all([attaching, detaching])).resolves.toMatchObject([{ data: {} }, null]);
    expect((await state()).connections.map(({ volume }) => volume)).toEqual([other.providerId]);
  },
);

runCases();
