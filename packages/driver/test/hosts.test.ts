import { expect, test } from 'vitest';
import type { Fabric } from '../src/config/fabric.ts';
import { isTransient } from '../src/contract/driver-error.ts';
import type { FibreChannelConnectionData, MissedArray } from '../src/contract/records.ts';
import {
  arrayName,
  aVolume,
  aVolumeType,
  connector,
  hostName,
  iqn,
  iscsiData,
  type RequestKind,
  requests,
  systemUuid,
  volumeName,
} from './acceptance/harness.ts';
import { replicatedType } from './acceptance/replication-site.ts';
import { onRepeatedSite } from './repeated-site.ts';

const refused = { kind: 'status', status: 400, message: 'LUN limit reached.', times: null } as const;
const wwpns = ['21000024ff59bb01', '21000024ff59bb02'];
const onArray = ['21000024FF59BB01', '21000024FF59BB02'] as const;
const fcConnector = { host: 'computenode1', wwpns, 'system uuid': systemUuid };
const targets = ['524A9370AAAAAA00', '524A9370AAAAAA10'];
const otherId = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
const otherVolume = aVolume(1, { id: otherId, nameId: otherId, providerId: `volume-${otherId}-cinder` });
const inPod = `cinder-pod::${volumeName}`;
const plain = aVolumeType({ name: 'plain' });
const stretched = aVolume(1, { type: replicatedType('sync'), providerId: inPod });

onRepeatedSite((site) => {
  const isRest1 = () => site().level.generation === 'rest1';
  const request = (kind: RequestKind) => requests[site().level.generation][kind];
  const hosts = async (array = arrayName) =>
    (await site().control.state(array)).hosts.map(({ name }) => name);
  const warnings = () => site().log.lines.filter((line) => line.startsWith('warn '));

  test('a host that an attach made goes when the attach is refused after a second look at it', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    // The array says that the connection exists, and has none: the host is looked up again, and is there by now.
    await control.addFault(arrayName, {
      ...refused,
      message: 'Connection already exists.',
      times: 1,
      match: request('connect'),
    });
    await control.addFault(arrayName, { ...refused, match: request('connect') });
    await expect(driver.connections.connect(aVolume(1), connector())).rejects.toThrow('LUN limit reached.');
    expect(await hosts()).toEqual([]);
  });

  test('a host whose creation the array did not confirm goes with the attach that failed', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await control.addFault(arrayName, {
      kind: 'cut',
      phase: 'after-apply',
      match: request('create-host'),
    });
    await expect(driver.connections.connect(aVolume(1), connector())).rejects.toMatchObject({
      arrayCode: 'unreachable',
    });
    expect(await hosts()).toEqual([]);
  });

  test('an attach that is refused says why, also when the host that it made cannot be removed', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await control.addFault(arrayName, { ...refused, match: request('connect') });
    await control.addFault(arrayName, {
      kind: 'cut',
      phase: 'before-apply',
      times: null,
      match: { method: 'DELETE', path: isRest1() ? `/^host\\/${hostName}$/` : '/^hosts$/' },
    });
    await expect(driver.connections.connect(aVolume(1), connector())).rejects.toMatchObject({
      message: expect.stringContaining(refused.message),
    });
    expect(warnings().join()).toContain('could not remove the host of a failed attach');
    expect(await hosts()).toEqual([hostName]);
  });

  test('a host that somebody connects to while an attach is refused stays', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await driver.volumes.create(otherVolume);
    const hold = await control.armHold(arrayName, { phase: 'before-apply', match: request('connect') });
    const attach = expect(driver.connections.connect(aVolume(1), connector())).rejects.toThrow();
    await control.waitForHold(arrayName, hold.id, 5_000);
    await control.admin(arrayName, {
      kind: 'connectVolumeToHost',
      volume: otherVolume.providerId ?? '',
      host: hostName,
    });
    await control.addFault(arrayName, { ...refused, match: request('connect') });
    await control.releaseHold(arrayName, hold.id, 'drop');
    await attach;
    expect((await control.state(arrayName)).connections).toMatchObject([{ host: hostName }]);
  });

  test('a host whose removal meets trouble is asked to go once more: nobody would hear of it again', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    await control.addFault(arrayName, {
      kind: 'status',
      status: 200,
      raw: '<html>Gateway</html>',
      match: { method: 'DELETE', path: isRest1() ? `/^host\\/${hostName}$/` : '/^hosts$/' },
    });
    await driver.connections.disconnect(aVolume(1), connector());
    expect(await hosts()).toEqual([]);
  });

  test('a host goes with its last connection, also when the array does not say that it has ended that', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    await control.addFault(arrayName, {
      kind: 'cut',
      phase: 'after-apply',
      match: isRest1()
        ? { method: 'DELETE', path: `/^host\\/${hostName}\\/volume/` }
        : { method: 'DELETE', path: '/^connections$/' },
    });
    await driver.connections.disconnect(aVolume(1), connector());
    expect(await hosts()).toEqual([]);
  });

  test('a host that another attach made stays when an attach to it is refused', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await control.admin(arrayName, { kind: 'createHost', name: hostName, iqns: [iqn] });
    await control.addFault(arrayName, { ...refused, match: request('connect') });
    await expect(driver.connections.connect(aVolume(1), connector())).rejects.toThrow('LUN limit reached.');
    expect(await hosts()).toEqual([hostName]);
  });

  test('an attach that is refused beside a failover leaves no host on the array that was left', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(stretched);
    const hold = await control.armHold(arrayName, { phase: 'before-apply', match: request('connect') });
    const attach = expect(driver.connections.connect(stretched, connector())).rejects.toThrow();
    await control.waitForHold(arrayName, hold.id, 5_000);
    await driver.failoverHost([stretched], 'fa2');
    await control.releaseHold(arrayName, hold.id, 'drop');
    await attach;
    expect([await hosts(), await hosts('fa2')]).toEqual([[], []]);
  });

  test('a connection that an array has missed the end of is made up for, or nothing is, where it names no machine', async () => {
    const { control, openUniform } = site();
    const driver = await openUniform();
    await driver.volumes.create(stretched);
    await driver.connections.connect(stretched, connector());
    const missed = { backendId: 'fa2', volumeName: inPod };
    await driver.connections.makeUpDisconnect(missed, { host: 'computenode1' });
    expect((await control.state('fa2')).connections).toHaveLength(1);
    await driver.connections.makeUpDisconnect(missed, connector());
    expect((await control.state('fa2')).connections).toEqual([]);
  });

  test('a delete waits for an array of the pod that shows the volume and does not let go of it', async () => {
    const { control, openUniform } = site();
    const driver = await openUniform();
    await driver.volumes.create(stretched);
    await driver.connections.connect(stretched, connector());
    await control.addFault('fa2', {
      kind: 'status',
      status: 503,
      message: 'Busy.',
      match: { method: 'DELETE' },
      times: null,
    });
    const failure = await driver.volumes.delete(stretched).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('still connected on fa2') });
    expect(isTransient(failure)).toBe(true);
    await control.clearFaults('fa2');
    await driver.volumes.delete(stretched);
    expect([await hosts(), await hosts('fa2')]).toEqual([[], []]);
  });

  test('a retype takes its host from the array that is left, though that tells it at the second time only', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(stretched);
    await driver.connections.connect(stretched, connector());
    await driver.failoverHost([stretched], 'fa2');
    await control.addFault(arrayName, {
      kind: 'status',
      status: 503,
      message: 'Busy.',
      match: { method: 'GET', path: isRest1() ? `/^host\\/${hostName}$/` : '/^hosts$/' },
      times: 4,
    });
    expect(await driver.volumes.retype(stretched, plain)).toMatchObject({ providerId: volumeName });
    expect(await hosts()).toEqual([]);
  });

  test('a volume that is connected on the other array of the pod only is deleted all the same', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(stretched);
    await driver.failoverHost([stretched], 'fa2');
    await driver.connections.connect(stretched, connector());
    await driver.failoverHost([stretched], 'default');
    await driver.volumes.delete(stretched);
    expect((await control.state('fa2')).connections).toEqual([]);
    expect(await hosts('fa2')).toEqual([]);
    expect((await control.state(arrayName)).volumes).toMatchObject([{ destroyed: true }]);
  });

  test('a delete is refused before any host loses the volume when a host group has it on the other array', async () => {
    const { control, openUniform } = site();
    const driver = await openUniform();
    await driver.volumes.create(stretched);
    await driver.connections.connect(stretched, connector());
    await control.admin('fa2', { kind: 'createHost', name: 'theirs' });
    await control.admin('fa2', { kind: 'createHostGroup', name: 'cluster', hosts: ['theirs'] });
    await control.admin('fa2', { kind: 'connectVolumeToHostGroup', volume: inPod, hostGroup: 'cluster' });
    await expect(driver.volumes.delete(stretched)).rejects.toMatchObject({
      code: 'volume-busy',
      message: expect.stringContaining('host group cluster on array fa2'),
    });
    for (const array of [arrayName, 'fa2']) {
      const { connections } = await control.state(array);
      expect(connections.filter(({ host }) => host === hostName)).toHaveLength(1);
    }
  });

  test('an attach that the current array refuses leaves the volume connected nowhere', async () => {
    const { control, openUniform } = site();
    const driver = await openUniform();
    await driver.volumes.create(stretched);
    await control.addFault(arrayName, { ...refused, match: request('connect') });
    await expect(driver.connections.connect(stretched, connector())).rejects.toThrow('LUN limit reached.');
    expect((await control.state('fa2')).connections).toEqual([]);
    expect([await hosts(), await hosts('fa2')]).toEqual([[], []]);
  });

  test('with the current array away an attach fails, although its peer would have a path', async () => {
    const { control, openUniform } = site();
    const driver = await openUniform();
    await driver.volumes.create(stretched);
    await control.setArrayDown(arrayName, true);
    try {
      await expect(driver.connections.connect(stretched, connector())).rejects.toMatchObject({
        arrayCode: 'unreachable',
      });
      expect((await control.state('fa2')).connections).toEqual([]);
      await driver.failoverHost([stretched], 'fa2');
      const data = iscsiData(await driver.connections.connect(stretched, connector()));
      expect(data.target_luns).toEqual([1, 1, 1, 1]);
    } finally {
      await control.setArrayDown(arrayName, false);
    }
  });

  test('an attach tells of a peer that was away, and what is made up for then is the same connection', async () => {
    const { control, openUniform } = site();
    const driver = await openUniform();
    await driver.volumes.create(stretched);
    await control.setArrayDown('fa2', true);
    const missed: MissedArray[] = [];
    try {
      const data = iscsiData(
        await driver.connections.connect(stretched, connector(), (connect) => missed.push(connect)),
      );
      expect(data.target_luns).toEqual([1, 1, 1, 1]);
      expect(
        warnings().filter(
          (line) => line.includes(inPod) && line.includes('computenode1') && line.includes('fa2'),
        ),
      ).toHaveLength(1);
      await expect(
        driver.connections.makeUpConnect({ backendId: 'fa2', volumeName: inPod }, connector()),
      ).rejects.toMatchObject({ arrayCode: 'unreachable' });
    } finally {
      await control.setArrayDown('fa2', false);
    }
    expect(missed).toEqual([{ backendId: 'fa2', volumeName: inPod }]);
    for (const connect of [...missed, ...missed]) {
      await driver.connections.makeUpConnect(connect, connector());
    }
    expect((await control.state('fa2')).connections).toMatchObject([{ volume: inPod, host: hostName }]);
    const all = iscsiData(
      await driver.connections.connect(stretched, connector(), (connect) => missed.push(connect)),
    );
    expect(all.target_luns).toHaveLength(8);
    expect(missed).toHaveLength(1);
    await driver.connections.makeUpConnect({ backendId: 'gone', volumeName: inPod }, connector());
  });

  test('a host in a host group is left alone when its last connection ends', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    await control.admin(arrayName, { kind: 'createHostGroup', name: 'cluster', hosts: [hostName] });
    await expect(driver.connections.disconnect(aVolume(1), connector())).resolves.toBeNull();
    const { connections, hosts: left } = await control.state(arrayName);
    expect(connections).toEqual([]);
    expect(left).toMatchObject([{ name: hostName, hostGroup: 'cluster' }]);
    expect(warnings().some((line) => line.includes(hostName))).toBe(true);
    // And is used again.
    await driver.connections.connect(aVolume(1), connector());
    expect((await control.state(arrayName)).connections).toMatchObject([{ host: hostName }]);
  });

  async function openFibreChannel(fabrics: readonly Fabric[] | null = null) {
    const { control, openPlain } = site();
    await control.setInterfaces(
      arrayName,
      targets.map((wwn, index) => ({
        name: `ct${index}.fc0`,
        address: null,
        services: ['scsi-fc'],
        wwn,
      })),
    );
    const driver = await openPlain({ protocol: { kind: 'fibre-channel', fabrics } });
    await driver.volumes.create(aVolume(1));
    return {
      driver,
      attach: async (): Promise<FibreChannelConnectionData> => {
        const info = await driver.connections.connect(aVolume(1), fcConnector);
        if (info.driver_volume_type !== 'fibre_channel') {
          throw new Error(`the driver answers for ${info.driver_volume_type}`);
        }
        return info.data;
      },
    };
  }

  test('a host of ours gets the initiators that it lacks', async () => {
    const { control } = site();
    const { attach } = await openFibreChannel();
    await control.admin(arrayName, { kind: 'createHost', name: hostName, wwns: [onArray[0]] });
    expect((await attach()).initiator_target_map).toEqual({
      [wwpns[0] ?? '']: targets,
      [wwpns[1] ?? '']: targets,
    });
    expect((await control.state(arrayName)).hosts).toMatchObject([{ name: hostName, wwns: onArray }]);
    expect(warnings()).toEqual([]);
  });

  test('an administrator’s host keeps its initiators: the others are not on the map, and a warning says so', async () => {
    const { control } = site();
    const { attach } = await openFibreChannel();
    await control.admin(arrayName, { kind: 'createHost', name: 'blade', wwns: [onArray[1]] });
    const data = await attach();
    expect(data.initiator_target_map).toEqual({ [wwpns[1] ?? '']: targets });
    expect(data.target_wwns).toEqual(targets);
    expect((await control.state(arrayName)).hosts).toMatchObject([{ name: 'blade', wwns: [onArray[1]] }]);
    expect(warnings().filter((line) => line.includes('blade') && line.includes(onArray[0]))).toHaveLength(1);
  });

  test('an initiator of another host is not on the map, and a warning says so', async () => {
    const { control } = site();
    const { attach } = await openFibreChannel();
    await control.admin(arrayName, { kind: 'createHost', name: hostName, wwns: [onArray[0]] });
    await control.admin(arrayName, { kind: 'createHost', name: 'zebra', wwns: [onArray[1]] });
    expect((await attach()).initiator_target_map).toEqual({ [wwpns[0] ?? '']: targets });
    expect((await control.state(arrayName)).hosts.map(({ name, wwns }) => ({ name, wwns }))).toEqual([
      { name: hostName, wwns: [onArray[0]] },
      { name: 'zebra', wwns: [onArray[1]] },
    ]);
    expect(warnings().filter((line) => line.includes('zebra') && line.includes(onArray[1]))).toHaveLength(1);
  });

  test('an initiator that the array does not let our host have is not on the map', async () => {
    const { control } = site();
    const { attach } = await openFibreChannel();
    await control.admin(arrayName, { kind: 'createHost', name: hostName, wwns: [onArray[0]] });
    await control.addFault(arrayName, {
      ...refused,
      message: 'The array has no room for another initiator.',
      match: request('change-host'),
    });
    expect((await attach()).initiator_target_map).toEqual({ [wwpns[0] ?? '']: targets });
    expect(warnings().some((line) => line.includes('no room for another initiator'))).toBe(true);
  });

  test('an attach is refused before anything is connected when no fabric joins the host’s own initiators', async () => {
    const { control } = site();
    const joined = { name: 'red', members: new Set([onArray[0], ...targets]) };
    const { attach } = await openFibreChannel([joined]);
    await control.admin(arrayName, { kind: 'createHost', name: 'blade', wwns: [onArray[1]] });
    await expect(attach()).rejects.toThrow('No fabric joins host computenode1 (21000024ff59bb02)');
    expect((await control.state(arrayName)).connections).toEqual([]);
  });
});
