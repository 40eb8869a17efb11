import { expect } from 'vitest';
import {
  aDestroyedVolume,
  aVolume,
  type ContractCase,
  everything,
  fails,
  oneGibibyte,
  type Subject,
  twoGibibytes,
} from './subject.ts';

async function aDestroyedSnapshot(subject: Subject): Promise<string> {
  const { name: volume } = await aVolume(subject);
  const { name } = await subject.array.snapshots.create(volume, 's1');
  await subject.array.snapshots.destroy(name);
  return name;
}

/** Snapshots. */
export const snapshotCases: readonly ContractCase[] = [
  {
    name: 'snapshots > a new snapshot is named after its volume and has its size',
    run: async (subject) => {
      const volume = await aVolume(subject, 'vol', twoGibibytes);
      const snapshot = await subject.array.snapshots.create(volume.name, 'snapshot-1');
      expect(snapshot).toMatchObject({
        name: `${volume.name}.snapshot-1`,
        source: volume.name,
        size: 2_147_483_648,
      });
      expect(snapshot.serial).toMatch(/^[0-9A-F]{24}$/);
      expect(snapshot.serial).not.toBe(volume.serial);
      expect(snapshot.created).toBeGreaterThanOrEqual(volume.created);
      expect(await subject.array.snapshots.find(snapshot.name)).toEqual({ kind: 'live', snapshot });
    },
  },
  {
    name: 'snapshots > keep the size that the volume had',
    run: async (subject) => {
      const volume = await aVolume(subject);
      const snapshot = await subject.array.snapshots.create(volume.name, 's1');
      await subject.array.volumes.extend(volume.name, twoGibibytes);
      expect(await subject.array.snapshots.find(snapshot.name)).toEqual({ kind: 'live', snapshot });
      expect(snapshot.size).toBe(1_073_741_824);
    },
  },
  {
    name: 'snapshots > what was never there is absent',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      expect(await subject.array.snapshots.find(`${name}.never`)).toEqual({ kind: 'absent' });
      expect(await subject.array.snapshots.find(`${subject.name('never')}.s1`)).toEqual({ kind: 'absent' });
      expect(await subject.array.snapshots.find('no such, name')).toEqual({ kind: 'absent' });
    },
  },
  {
    name: 'snapshots > need a live volume and a free suffix',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await subject.array.snapshots.create(name, 's1');
      await fails(subject.array.snapshots.create(name, 's1'), 'already-exists');
      await subject.array.snapshots.destroy(`${name}.s1`);
      await fails(subject.array.snapshots.create(name, 's1'), 'already-exists', 'destroyed');
      await fails(subject.array.snapshots.create(subject.name('missing'), 's1'), 'not-found');
      await fails(subject.array.snapshots.create(await aDestroyedVolume(subject), 's1'), 'destroyed');
    },
  },
  {
    name: 'snapshots > the list of a volume holds its live snapshots only',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const { name: other } = await aVolume(subject);
      const first = await subject.array.snapshots.create(name, 's1');
      const second = await subject.array.snapshots.create(name, 's2');
      await subject.array.snapshots.create(name, 's3');
      await subject.array.snapshots.create(other, 's1');
      await subject.array.snapshots.destroy(`${name}.s3`);
      const listed = await everything(subject.array.snapshots.listOf(name));
      expect(listed.toSorted((one, two) => one.name.localeCompare(two.name))).toEqual([first, second]);
      expect(await everything(subject.array.snapshots.listOf((await aVolume(subject)).name))).toEqual([]);
    },
  },
  {
    name: 'snapshots > a volume that is not there has no list',
    run: async (subject) => {
      await fails(everything(subject.array.snapshots.listOf(subject.name('missing'))), 'not-found');
    },
  },
  {
    name: 'snapshots > are destroyed once and then eradicated',
    run: async (subject) => {
      const name = await aDestroyedSnapshot(subject);
      expect(await subject.array.snapshots.find(name)).toEqual({ kind: 'destroyed' });
      await fails(subject.array.snapshots.destroy(name), 'destroyed');
      await subject.array.snapshots.eradicate(name);
      expect(await subject.array.snapshots.find(name)).toEqual({ kind: 'absent' });
      await fails(subject.array.snapshots.destroy(name), 'not-found');
      await fails(subject.array.snapshots.eradicate(name), 'not-found');
    },
  },
  {
    name: 'snapshots > are not eradicated while live',
    run: async (subject) => {
      const { name: volume } = await aVolume(subject);
      const { name } = await subject.array.snapshots.create(volume, 's1');
      await fails(subject.array.snapshots.eradicate(name), 'invalid');
      expect(await subject.array.snapshots.find(name)).toMatchObject({ kind: 'live' });
    },
  },
  {
    name: 'snapshots > a full array takes no more',
    simulatorOnly: true,
    run: async (subject) => {
      const { small } = subject.simulated();
      const name = subject.name('vol');
      await small.volumes.create({ name, size: oneGibibyte, defaultProtection: false });
      await small.snapshots.create(name, 's1');
      await fails(small.snapshots.create(name, 's2'), 'limit-reached');
    },
  },
];
