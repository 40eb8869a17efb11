import { expect } from 'vitest';
import { unlimited } from '../../src/port/volumes.ts';
import { aDestroyedVolume, aVolume, type ContractCase, everything, fails, mebibyte } from './subject.ts';

const limits = { iops: 500, bytesPerSecond: 2 * mebibyte };

/** Limits, names, and containers of volumes. */
export const containerCases: readonly ContractCase[] = [
  {
    name: 'limits > are set with the volume, changed and lifted',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name: array } = subject.simulated();
      const qosOf = async (name: string) =>
        (await control.state(array)).volumes.find((volume) => volume.name === name)?.qos;
      const { volumes } = subject.array;
      const { size } = await aVolume(subject);
      const name = subject.name('limited');
      await volumes.create({ name, size, defaultProtection: false, qos: limits });
      expect(await qosOf(name)).toEqual({ iopsLimit: 500, bandwidthLimit: 2 * mebibyte });
      await volumes.setQos(name, { iops: null, bytesPerSecond: mebibyte });
      expect(await qosOf(name)).toEqual({ iopsLimit: null, bandwidthLimit: mebibyte });
      await volumes.setQos(name, unlimited);
      expect(await qosOf(name)).toEqual({ iopsLimit: null, bandwidthLimit: null });
    },
  },
  {
    name: 'limits > are refused where volumes have none, before anything is made',
    run: async (subject) => {
      const { size } = await aVolume(subject);
      const name = subject.name('limited');
      await fails(
        subject.array.volumes.create({ name, size, defaultProtection: false, qos: limits }),
        'unsupported',
      );
      expect((await subject.array.volumes.find(name)).kind).toBe('absent');
    },
  },
  {
    name: 'limits > that lift nothing are fine everywhere',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await subject.array.volumes.setQos(name, unlimited);
    },
  },
  {
    name: 'renaming > keeps the volume and takes its snapshots along',
    run: async (subject) => {
      const volume = await aVolume(subject);
      await subject.array.snapshots.create(volume.name, 's1');
      const newName = subject.name('renamed');
      await subject.array.volumes.rename(volume.name, newName);
      expect(await subject.array.volumes.find(newName)).toMatchObject({
        kind: 'live',
        volume: { serial: volume.serial },
      });
      expect((await subject.array.volumes.find(volume.name)).kind).toBe('absent');
      expect((await subject.array.snapshots.find(`${newName}.s1`)).kind).toBe('live');
    },
  },
  {
    name: 'renaming > a taken name and a missing volume are told apart',
    run: async (subject) => {
      const [one, two] = [await aVolume(subject), await aVolume(subject)];
      await fails(subject.array.volumes.rename(one.name, two.name), 'already-exists');
      await fails(subject.array.volumes.rename(subject.name('missing'), subject.name('new')), 'not-found');
    },
  },
  {
    name: 'renaming > a snapshot gets another suffix',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await subject.array.snapshots.create(name, 's1');
      await subject.array.snapshots.create(name, 's2');
      await subject.array.snapshots.rename(`${name}.s1`, 's3');
      expect((await subject.array.snapshots.find(`${name}.s3`)).kind).toBe('live');
      expect((await subject.array.snapshots.find(`${name}.s1`)).kind).toBe('absent');
      await fails(subject.array.snapshots.rename(`${name}.s2`, 's3'), 'already-exists');
      await fails(subject.array.snapshots.rename(`${name}.s9`, 's4'), 'not-found');
    },
  },
  {
    name: 'renaming > a snapshot is refused where snapshots keep their names',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await subject.array.snapshots.create(name, 's1');
      await fails(subject.array.snapshots.rename(`${name}.s1`, 's3'), 'unsupported');
    },
  },
  {
    name: 'summaries > show every volume, with its connections, destroyed ones too',
    run: async (subject) => {
      const { array } = subject;
      const [idle, used] = [await aVolume(subject), await aVolume(subject)];
      const gone = await aDestroyedVolume(subject);
      const [here, there] = [subject.name('host'), subject.name('host')];
      for (const host of [here, there]) {
        await array.hosts.create({ name: host, initiators: { kind: 'iqn', names: [] } });
        await array.connections.create(used.name, host);
      }
      const rows = await everything(array.volumes.summaries());
      const ours = rows.filter(({ name }) => [idle.name, used.name, gone].includes(name));
      expect(ours.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
        [
          { name: idle.name, size: idle.size, connections: 0, destroyed: false },
          { name: used.name, size: used.size, connections: 2, destroyed: false },
          { name: gone, size: idle.size, connections: 0, destroyed: true },
        ].toSorted((a, b) => a.name.localeCompare(b.name)),
      );
      const connections = await array.connections.list({ volumes: [idle.name, used.name] });
      expect(connections.map(({ host }) => host).toSorted()).toEqual([here, there].toSorted());
    },
  },
  {
    name: 'summaries > show every snapshot, destroyed ones too',
    run: async (subject) => {
      const { array } = subject;
      const { name, size } = await aVolume(subject);
      await array.snapshots.create(name, 's1');
      await array.snapshots.create(name, 's2');
      await array.snapshots.destroy(`${name}.s2`);
      const rows = await everything(array.snapshots.summaries());
      expect(rows.filter(({ source }) => source === name)).toEqual([
        { name: `${name}.s1`, source: name, size, destroyed: false },
        { name: `${name}.s2`, source: name, size, destroyed: true },
      ]);
    },
  },
  {
    name: 'volume groups > are made, counted, destroyed when empty, and recovered',
    run: async (subject) => {
      const { volumes, volumeGroups } = subject.array;
      const group = subject.name('vg');
      const { size } = await aVolume(subject);
      expect(await volumeGroups.find(group)).toEqual({ kind: 'absent' });
      await volumeGroups.create(group, unlimited);
      await fails(volumeGroups.create(group, unlimited), 'already-exists');
      await volumes.create({ name: `${group}/v1`, size, defaultProtection: false });
      expect(await volumeGroups.find(group)).toEqual({ kind: 'live', volumes: 1 });
      await fails(volumeGroups.destroy(group), 'invalid');
      await volumes.destroy(`${group}/v1`);
      await volumes.eradicate(`${group}/v1`);
      await volumeGroups.destroy(group);
      expect(await volumeGroups.find(group)).toEqual({ kind: 'destroyed' });
      await volumeGroups.recover(group);
      expect(await volumeGroups.find(group)).toEqual({ kind: 'live', volumes: 0 });
      await volumeGroups.destroy(group);
      await volumeGroups.eradicate(group);
      expect(await volumeGroups.find(group)).toEqual({ kind: 'absent' });
      await fails(volumeGroups.destroy(group), 'not-found');
    },
  },
  {
    name: 'volume groups > take limits and lose them',
    run: async (subject) => {
      const { volumeGroups } = subject.array;
      const group = subject.name('vg');
      await volumeGroups.create(group, limits);
      await volumeGroups.setQos(group, { iops: 700, bytesPerSecond: null });
      await volumeGroups.setQos(group, unlimited);
      await fails(volumeGroups.setQos(subject.name('missing'), limits), 'not-found');
    },
  },
  {
    name: 'volume groups > volumes are moved in and out',
    run: async (subject) => {
      const { volumes, volumeGroups } = subject.array;
      const group = subject.name('vg');
      const volume = await aVolume(subject);
      await volumeGroups.create(group, unlimited);
      await volumes.move(volume.name, { kind: 'volume-group', name: group });
      expect(await volumes.find(`${group}/${volume.name}`)).toMatchObject({
        volume: { serial: volume.serial },
      });
      await volumes.move(`${group}/${volume.name}`, { kind: 'array' });
      expect(await volumes.find(volume.name)).toMatchObject({ volume: { serial: volume.serial } });
      await fails(
        volumes.move(volume.name, { kind: 'volume-group', name: subject.name('missing') }),
        'not-found',
      );
    },
  },
  {
    name: 'volume groups > are refused where there are none',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const group = subject.name('vg');
      await fails(subject.array.volumeGroups.create(group, unlimited), 'unsupported');
      await fails(subject.array.volumes.move(name, { kind: 'volume-group', name: group }), 'unsupported');
      expect(await subject.array.volumeGroups.find(group)).toEqual({ kind: 'absent' });
      expect(await subject.array.pods.list()).toEqual([]);
    },
  },
  {
    name: 'pods > are listed',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name: array } = subject.simulated();
      await control.admin(array, { kind: 'createPod', name: 'pod1' });
      const { identity } = subject.array;
      const members = [{ array, arrayId: identity.id, status: 'online' }];
      expect(await subject.array.pods.list()).toEqual([{ name: 'pod1', replicated: false, members }]);
    },
  },
];
