import { bytes } from '@cinder-flasharray/common';
import { expect } from 'vitest';
import { aDestroyedVolume, aHost, aVolume, type ContractCase, fails, oneGibibyte } from './subject.ts';

/** The array itself, its ports and its sessions. */
export const arrayCases: readonly ContractCase[] = [
  {
    name: 'array > knows who it is',
    run: async ({ array }) => {
      const identity = await array.arrays.identity();
      expect(identity).toEqual(array.identity);
      expect(identity.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
      expect(identity.name).not.toBe('');
      expect(identity.purityVersion).toMatch(/^\d+\.\d+\.\d+/);
    },
  },
  {
    name: 'array > names its ready controllers only',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      expect(await subject.array.arrays.readyControllers()).toEqual(['CT0', 'CT1']);
      await control.admin(name, { kind: 'setControllerStatus', controller: 'CT1', status: 'not ready' });
      expect(await subject.array.arrays.readyControllers()).toEqual(['CT0']);
    },
  },
  {
    name: 'array > tells its space and counts, what is destroyed included',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const { name: volume } = await aVolume(subject);
      await aDestroyedVolume(subject);
      await subject.array.snapshots.create(volume, 's1');
      await subject.array.snapshots.create(volume, 's2');
      await subject.array.snapshots.destroy(`${volume}.s2`);
      await aHost(subject);
      await control.admin(name, { kind: 'createProtectionGroup', name: 'pg1' });
      await control.writeVolume(name, volume, 0, Buffer.alloc(1_048_576, 'x'));
      const { space, counts } = await subject.array.arrays.usage();
      expect(counts).toEqual({ volumes: 2, snapshots: 2, hosts: 1, protectionGroups: 1 });
      expect(space.capacity).toBe(21_990_232_555_520);
      expect(space.provisioned).toBe(2_147_483_648);
      expect(space.used).toBe((await control.state(name)).space.used);
      expect(space.used).toBeGreaterThan(0);
      expect(space.totalReduction).toBeGreaterThan(0);
    },
  },
  {
    name: 'array > an Evergreen//One array tells what is provisioned, and no reduction',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await aVolume(subject);
      await aVolume(subject);
      await control.admin(name, { kind: 'setEvergreenOne', enabled: true });
      const { space } = await subject.array.arrays.usage();
      expect(space.provisioned).toBe(2_147_483_648);
      expect(space.totalReduction).toBeNull();
    },
  },
  {
    name: 'array > counts many volumes without reading them',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.admin(name, { kind: 'seedVolumes', count: 1_500, prefix: 'many', size: 1_073_741_824 });
      const { space, counts } = await subject.array.arrays.usage();
      expect(counts.volumes).toBe(1_500);
      expect(space.provisioned).toBe(1_610_612_736_000);
    },
  },
  {
    name: 'array > tells the newest performance sample',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const { now } = await control.clock();
      const time = Date.parse(now) - 30_000;
      const sample = {
        readsPerSec: 1510,
        writesPerSec: 640,
        readBytesPerSec: 98_566_144,
        writeBytesPerSec: 41_943_040,
        usecPerReadOp: 310,
        usecPerWriteOp: 255,
      };
      const samples = [
        { ...sample, time: time - 30_000, readsPerSec: 1 },
        { ...sample, time },
      ];
      await control.admin(name, { kind: 'setPerformanceSamples', samples });
      expect(await subject.array.arrays.performance()).toMatchObject({
        readsPerSecond: 1510,
        writesPerSecond: 640,
        readBytesPerSecond: 98_566_144,
        writeBytesPerSecond: 41_943_040,
        usecPerRead: 310,
        usecPerWrite: 255,
      });
    },
  },
  {
    name: 'array > without a sample has no performance',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.admin(name, { kind: 'setPerformanceSamples', samples: [] });
      expect(await subject.array.arrays.performance()).toBeNull();
    },
  },
  {
    name: 'array > tells how long requests queue',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const time = Date.parse((await control.clock()).now);
      const samples = [{ time, queueUsecPerReadOp: 7, queueUsecPerWriteOp: 8 }];
      await control.admin(name, { kind: 'setPerformanceSamples', samples });
      expect(await subject.array.arrays.performance()).toMatchObject({
        queueUsecPerRead: 7,
        queueUsecPerWrite: 8,
      });
    },
  },
  {
    name: 'ports > carry an IQN and a portal, IPv6 without brackets',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.setInterfaces(name, [
        { name: 'ct0.eth0', address: '10.0.0.1', services: ['management'] },
        { name: 'ct0.eth4', address: '10.21.4.11', services: ['iscsi'] },
        { name: 'ct1.eth4', address: '2001:db8::4', services: ['iscsi'] },
        { name: 'ct0.fc0', address: null, services: ['scsi-fc'], wwn: '524A937000000100' },
      ]);
      const ports = await subject.array.ports.list();
      const found = new Map(ports.map((port) => [port.name, port]));
      expect([...found.keys()].toSorted()).toEqual(['CT0.ETH4', 'CT0.FC0', 'CT1.ETH4']);
      const iqn = found.get('CT0.ETH4')?.iqn ?? '';
      expect(iqn).toMatch(/^iqn\.2010-06\.com\.purestorage:flasharray\.[0-9a-f]{16}$/);
      expect(found.get('CT0.ETH4')).toEqual({
        name: 'CT0.ETH4',
        iqn,
        nqn: null,
        wwn: null,
        portal: { address: '10.21.4.11', port: 3260 },
      });
      expect(found.get('CT1.ETH4')?.portal).toEqual({ address: '2001:db8::4', port: 3260 });
      expect(found.get('CT0.FC0')).toEqual({
        name: 'CT0.FC0',
        iqn: null,
        nqn: null,
        wwn: '524A937000000100',
        portal: null,
      });
    },
  },
  {
    name: 'network interfaces > tell their services, address and whether they are enabled',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.setInterfaces(name, [
        { name: 'vir0', address: '10.0.0.3', services: ['management'], subtype: 'vif' },
        { name: 'ct0.eth4', address: '10.21.4.11', services: ['iscsi'] },
        { name: 'ct1.eth4', address: '10.21.4.12', services: ['iscsi'], enabled: false },
      ]);
      const interfaces = await subject.array.networkInterfaces.list();
      expect(interfaces.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
        { name: 'ct0.eth4', enabled: true, services: ['iscsi'], address: '10.21.4.11' },
        { name: 'ct1.eth4', enabled: false, services: ['iscsi'], address: '10.21.4.12' },
        { name: 'vir0', enabled: true, services: ['management'], address: '10.0.0.3' },
      ]);
    },
  },
  {
    name: 'sessions > an expired one is renewed without the caller noticing',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.expireSessions(name);
      const names = ['a', 'b', 'c'];
      const volumes = await Promise.all(
        names.map((volume) =>
          subject.array.volumes.create({ name: volume, size: oneGibibyte, defaultProtection: false }),
        ),
      );
      expect(volumes.map((volume) => volume.name)).toEqual(names);
    },
  },
  {
    name: 'sessions > a user who may only read may not write',
    simulatorOnly: true,
    run: async (subject) => {
      const { readOnly } = subject.simulated();
      const { name } = await aVolume(subject);
      expect(await readOnly.volumes.find(name)).toMatchObject({ kind: 'live' });
      const volume = { name: subject.name('vol'), size: bytes(1_048_576), defaultProtection: false };
      expect((await fails(readOnly.volumes.create(volume), 'forbidden')).status).toBe(403);
      await fails(readOnly.volumes.destroy(name), 'forbidden');
    },
  },
];
