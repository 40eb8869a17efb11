import { bytes } from '@cinder-flasharray/common';
import { expect } from 'vitest';
import {
  aDestroyedVolume,
  aHost,
  aVolume,
  type ContractCase,
  everything,
  fails,
  live,
  mebibyte,
  oneGibibyte,
  type Subject,
  twoGibibytes,
} from './subject.ts';

const create = (subject: Subject, name: string) =>
  subject.array.volumes.create({ name, size: oneGibibyte, defaultProtection: false });
const copy = (subject: Subject, name: string, source: string) =>
  subject.array.volumes.copy({ name, source, defaultProtection: false });

async function keepsFullName(subject: Subject, full: string): Promise<void> {
  const { volumes, snapshots, connections } = subject.array;
  const volume = await create(subject, full);
  expect(volume.name).toBe(full);
  expect(live(await volumes.find(full))).toEqual(volume);
  expect(await snapshots.create(full, 's1')).toMatchObject({ name: `${full}.s1`, source: full });
  expect(await snapshots.find(`${full}.s1`)).toMatchObject({ kind: 'live' });
  const host = await aHost(subject);
  expect(await connections.create(full, host)).toMatchObject({ volume: full, host });
  expect(await connections.list({ volume: full })).toHaveLength(1);
  await connections.delete(full, host);
  await volumes.destroy(full);
  expect(await volumes.find(full)).toEqual({ kind: 'destroyed' });
}

/** Creating, finding and listing volumes. */
export const volumeCases: readonly ContractCase[] = [
  {
    name: 'volumes > a new volume has the name and the size asked for, and is found',
    run: async (subject) => {
      const name = subject.name('vol');
      const created = await create(subject, name);
      expect(created).toMatchObject({ name, size: 1_073_741_824, source: null });
      expect(created.serial).toMatch(/^[0-9A-F]{24}$/);
      expect(created.created).toBeGreaterThan(Date.UTC(2020, 0, 1));
      const { connectionCounts } = subject.array.capabilities;
      expect(await subject.array.volumes.find(name)).toEqual({
        kind: 'live',
        volume: created,
        connections: connectionCounts ? { kind: 'counted', count: 0 } : { kind: 'not-counted' },
      });
    },
  },
  {
    name: 'volumes > a name is found in any letter case',
    run: async (subject) => {
      const { name, serial } = await aVolume(subject);
      expect(live(await subject.array.volumes.find(name.toUpperCase())).serial).toBe(serial);
    },
  },
  {
    name: 'volumes > what was never there is absent',
    run: async (subject) => {
      expect(await subject.array.volumes.find(subject.name('never'))).toEqual({ kind: 'absent' });
      expect(await subject.array.volumes.find('no volume, can be* named this')).toEqual({ kind: 'absent' });
    },
  },
  {
    name: 'volumes > a name that is taken is refused, by a live volume and by a destroyed one',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await fails(create(subject, name), 'already-exists');
      const destroyed = await aDestroyedVolume(subject);
      await fails(create(subject, destroyed), 'already-exists');
      expect(await subject.array.volumes.find(destroyed)).toEqual({ kind: 'destroyed' });
    },
  },
  {
    name: 'volumes > a size that is no multiple of 512 is invalid',
    run: async (subject) => {
      const size = bytes(mebibyte + 1);
      const volume = { name: subject.name('odd'), size, defaultProtection: false };
      await fails(subject.array.volumes.create(volume), 'invalid');
      expect(await subject.array.volumes.find(volume.name)).toEqual({ kind: 'absent' });
    },
  },
  {
    name: 'volumes > a full array takes no more',
    simulatorOnly: true,
    run: async (subject) => {
      const { small } = subject.simulated();
      const first = { name: subject.name('first'), size: oneGibibyte, defaultProtection: false };
      await small.volumes.create(first);
      const second = { ...first, name: subject.name('second') };
      await fails(small.volumes.create(second), 'limit-reached');
    },
  },
  {
    name: 'volumes > a list of names is no name',
    run: async (subject) => {
      const one = await aVolume(subject);
      const other = await aVolume(subject);
      await fails(subject.array.volumes.destroy(`${one.name},${other.name}`), 'not-found');
      expect(live(await subject.array.volumes.find(one.name))).toEqual(one);
      expect(live(await subject.array.volumes.find(other.name))).toEqual(other);
    },
  },
  {
    name: 'volumes > the list holds live volumes only',
    run: async (subject) => {
      const volume = await aVolume(subject);
      const destroyed = await aDestroyedVolume(subject);
      const listed = await everything(subject.array.volumes.list());
      expect(listed).toContainEqual(volume);
      expect(listed.map((row) => row.name)).not.toContain(destroyed);
    },
  },
  {
    name: 'volumes > a long list comes whole in pages of at most 1000, and may be left early',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.admin(name, { kind: 'seedVolumes', count: 2_345, prefix: 'many' });
      await control.admin(name, { kind: 'seedVolumes', count: 5, prefix: 'dead', destroyed: true });
      const pages: number[] = [];
      const names = new Set<string>();
      for await (const page of subject.array.volumes.list()) {
        pages.push(page.length);
        for (const volume of page) {
          names.add(volume.name);
        }
      }
      expect(names.size).toBe(2_345);
      expect(Math.max(...pages)).toBe(1_000);
      for await (const page of subject.array.volumes.list()) {
        expect(page).toHaveLength(1_000);
        break;
      }
    },
  },
  {
    name: 'volumes > names in volume groups are kept whole',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.admin(name, { kind: 'createVolumeGroup', name: 'vg1' });
      await keepsFullName(subject, 'vg1/v1');
    },
  },
  {
    name: 'volumes > names in pods are kept whole',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.admin(name, { kind: 'createPod', name: 'pod1' });
      await keepsFullName(subject, 'pod1::v1');
    },
  },
  {
    name: 'volumes > default protection is joined when asked for and not otherwise',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      await control.admin(name, { kind: 'setDefaultProtection', protectionGroups: ['pgroup-auto'] });
      const size = oneGibibyte;
      await subject.array.volumes.create({ name: 'guarded', size, defaultProtection: true });
      await subject.array.volumes.create({ name: 'plain', size, defaultProtection: false });
      await subject.array.volumes.copy({ name: 'guarded-2', source: 'plain', defaultProtection: true });
      await subject.array.volumes.copy({ name: 'plain-2', source: 'guarded', defaultProtection: false });
      await subject.array.volumes.overwrite('plain', 'guarded');
      const { protectionGroups } = await control.state(name);
      expect(protectionGroups.map((group) => group.volumes.toSorted())).toEqual([['guarded', 'guarded-2']]);
    },
  },
];

/** Copies and overwriting. */
export const copyCases: readonly ContractCase[] = [
  {
    name: 'copies > a copy of a volume has its size, its own serial, and names its source',
    run: async (subject) => {
      const source = await aVolume(subject, 'src', twoGibibytes);
      const name = subject.name('copy');
      const copied = await copy(subject, name, source.name);
      expect(copied).toMatchObject({ name, size: 2_147_483_648, source: source.name });
      expect(copied.serial).not.toBe(source.serial);
    },
  },
  {
    name: 'copies > a copy of a snapshot names the volume as its source',
    run: async (subject) => {
      const source = await aVolume(subject, 'src', twoGibibytes);
      const snapshot = await subject.array.snapshots.create(source.name, 's1');
      const copied = await copy(subject, subject.name('copy'), snapshot.name);
      expect(copied).toMatchObject({ size: 2_147_483_648, source: source.name });
    },
  },
  {
    name: 'copies > the source must be there and the name free',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const missing = subject.name('missing');
      const failure = await fails(copy(subject, subject.name('copy'), missing), 'not-found');
      expect(failure.context).toBe(missing);
      await fails(copy(subject, subject.name('copy'), await aDestroyedVolume(subject)), 'destroyed');
      await fails(copy(subject, (await aVolume(subject)).name, name), 'already-exists');
    },
  },
  {
    name: 'overwriting > takes content and size, keeps name, serial and connections',
    run: async (subject) => {
      const volume = await aVolume(subject);
      const host = await aHost(subject);
      await subject.array.connections.create(volume.name, host);
      const snapshot = await subject.array.snapshots.create(volume.name, 's1');
      await subject.array.volumes.extend(volume.name, twoGibibytes);
      const restored = await subject.array.volumes.overwrite(volume.name, snapshot.name);
      expect(restored).toMatchObject({ name: volume.name, serial: volume.serial, size: 1_073_741_824 });
      const connections = await subject.array.connections.list({ volume: volume.name });
      expect(connections).toMatchObject([{ volume: volume.name, host, lun: 1 }]);
    },
  },
  {
    name: 'overwriting > brings back what the snapshot held',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const volume = await aVolume(subject);
      await control.writeVolume(name, volume.name, 512, Buffer.from('before'));
      const snapshot = await subject.array.snapshots.create(volume.name, 's1');
      await control.writeVolume(name, volume.name, 512, Buffer.from('after!'));
      await subject.array.volumes.overwrite(volume.name, snapshot.name);
      const content = await control.readVolume(name, volume.name, 512, 6);
      expect(Buffer.from(content).toString()).toBe('before');
    },
  },
  {
    name: 'overwriting > makes no volume where there is none',
    run: async (subject) => {
      const source = await aVolume(subject);
      const missing = subject.name('missing');
      await fails(subject.array.volumes.overwrite(missing, source.name), 'not-found');
      expect(await subject.array.volumes.find(missing)).toEqual({ kind: 'absent' });
      await fails(subject.array.volumes.overwrite(await aDestroyedVolume(subject), source.name), 'destroyed');
      await fails(subject.array.volumes.overwrite(source.name, missing), 'not-found');
    },
  },
];

/** Growing, destroying and eradicating. */
export const lifeCycleCases: readonly ContractCase[] = [
  {
    name: 'extending > grows, and the same size again succeeds',
    run: async (subject) => {
      const volume = await aVolume(subject);
      const grown = { ...volume, size: 2_147_483_648 };
      expect(await subject.array.volumes.extend(volume.name, twoGibibytes)).toEqual(grown);
      expect(await subject.array.volumes.extend(volume.name, twoGibibytes)).toEqual(grown);
      expect(live(await subject.array.volumes.find(volume.name)).size).toBe(2_147_483_648);
    },
  },
  {
    name: 'extending > never shrinks',
    run: async (subject) => {
      const { name } = await aVolume(subject, 'big', twoGibibytes);
      await fails(subject.array.volumes.extend(name, oneGibibyte), 'invalid');
      expect(live(await subject.array.volumes.find(name)).size).toBe(2_147_483_648);
    },
  },
  {
    name: 'extending > needs a live volume',
    run: async (subject) => {
      await fails(subject.array.volumes.extend(subject.name('missing'), twoGibibytes), 'not-found');
      await fails(subject.array.volumes.extend(await aDestroyedVolume(subject), twoGibibytes), 'destroyed');
    },
  },
  {
    name: 'destroying > takes the volume and its snapshots away, once',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const snapshot = await subject.array.snapshots.create(name, 's1');
      const { connectionCounts } = subject.array.capabilities;
      expect(await subject.array.volumes.destroy(name)).toEqual({
        connections: connectionCounts ? { kind: 'counted', count: 0 } : { kind: 'not-counted' },
      });
      expect(await subject.array.volumes.find(name)).toEqual({ kind: 'destroyed' });
      expect(await subject.array.snapshots.find(snapshot.name)).toEqual({ kind: 'destroyed' });
      await fails(subject.array.volumes.destroy(name), 'destroyed');
    },
  },
  {
    name: 'destroying > what is not there is not found',
    run: async (subject) => {
      const missing = subject.name('missing');
      const failure = await fails(subject.array.volumes.destroy(missing), 'not-found');
      expect(failure.context).toBe(missing);
      expect(failure.status).toBe(400);
    },
  },
  {
    name: 'destroying > a connected volume is refused and stays',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const host = await aHost(subject);
      await subject.array.connections.create(name, host);
      await fails(subject.array.volumes.destroy(name), 'connected');
      expect(await subject.array.volumes.find(name)).toMatchObject({ kind: 'live' });
    },
  },
  {
    name: 'eradicating > frees the name',
    run: async (subject) => {
      const name = await aDestroyedVolume(subject);
      await subject.array.volumes.eradicate(name);
      expect(await subject.array.volumes.find(name)).toEqual({ kind: 'absent' });
      expect(await create(subject, name)).toMatchObject({ name });
    },
  },
  {
    name: 'eradicating > only what is destroyed',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await fails(subject.array.volumes.eradicate(name), 'invalid');
      expect(await subject.array.volumes.find(name)).toMatchObject({ kind: 'live' });
      await fails(subject.array.volumes.eradicate(subject.name('missing')), 'not-found');
    },
  },
  {
    name: 'eradicating > is refused under SafeMode',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name: array } = subject.simulated();
      const { name } = await aVolume(subject);
      const snapshot = await subject.array.snapshots.create(name, 's1');
      await subject.array.snapshots.destroy(snapshot.name);
      await subject.array.volumes.destroy(name);
      await control.admin(array, { kind: 'setManualEradication', enabled: false });
      await fails(subject.array.snapshots.eradicate(snapshot.name), 'eradication-disabled');
      await fails(subject.array.volumes.eradicate(name), 'eradication-disabled');
      expect(await subject.array.volumes.find(name)).toEqual({ kind: 'destroyed' });
    },
  },
];
