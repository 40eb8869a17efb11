import { expect } from 'vitest';
import { aVolume, type ContractCase, fails } from './subject.ts';

/** Protection groups and their snapshots. */
export const protectionGroupCases: readonly ContractCase[] = [
  {
    name: 'protection groups > are made, destroyed, recovered and eradicated',
    run: async (subject) => {
      const { protectionGroups: groups } = subject.array;
      const name = subject.name('pg');
      expect(await groups.find(name)).toBe('absent');
      await groups.create(name);
      expect(await groups.find(name)).toBe('live');
      await fails(groups.create(name), 'already-exists');
      await groups.destroy(name);
      expect(await groups.find(name)).toBe('destroyed');
      await fails(groups.destroy(name), 'destroyed');
      await fails(groups.create(name), 'destroyed', 'already-exists');
      await groups.recover(name);
      expect(await groups.find(name)).toBe('live');
      await groups.destroy(name);
      await groups.eradicate(name);
      expect(await groups.find(name)).toBe('absent');
      await fails(groups.destroy(name), 'not-found');
      await fails(groups.eradicate(name), 'not-found');
    },
  },
  {
    name: 'protection groups > take volumes in and let them out, what is done already is fine',
    run: async (subject) => {
      const { protectionGroups: groups } = subject.array;
      const name = subject.name('pg');
      const [one, two, three] = [await aVolume(subject), await aVolume(subject), await aVolume(subject)];
      await groups.create(name);
      expect(await groups.volumes(name)).toEqual([]);
      await groups.changeVolumes(name, { add: [one.name, two.name], remove: [] });
      expect((await groups.volumes(name)).toSorted()).toEqual([one.name, two.name].toSorted());
      await groups.changeVolumes(name, { add: [two.name, three.name], remove: [one.name] });
      expect((await groups.volumes(name)).toSorted()).toEqual([two.name, three.name].toSorted());
      const second = subject.name('pg');
      await groups.create(second);
      await groups.changeVolumes(second, { add: [one.name, two.name], remove: [] });
      await expect(
        groups.changeVolumes(name, { add: [], remove: [one.name, two.name] }),
      ).resolves.toBeUndefined();
      expect(await groups.volumes(name)).toEqual([three.name]);
      expect((await groups.volumes(second)).toSorted()).toEqual([one.name, two.name].toSorted());
      await groups.changeVolumes(name, { add: [], remove: [] });
      expect(await groups.ofVolume(three.name)).toEqual([{ name, ratcheted: false }]);
      expect(await groups.ofVolume(two.name)).toEqual([{ name: second, ratcheted: false }]);
      expect(await groups.ofVolume(subject.name('missing'))).toEqual([]);
    },
  },
  {
    name: 'protection groups > a missing group or volume is named',
    run: async (subject) => {
      const { protectionGroups: groups } = subject.array;
      const name = subject.name('pg');
      const { name: volume } = await aVolume(subject);
      await fails(groups.changeVolumes(name, { add: [volume], remove: [] }), 'not-found');
      await groups.create(name);
      const missing = subject.name('missing');
      await fails(groups.changeVolumes(name, { add: [missing], remove: [] }), 'not-found');
      await fails(groups.volumes(subject.name('missing')), 'not-found');
    },
  },
  {
    name: 'protection groups > a snapshot has a part for each volume',
    run: async (subject) => {
      const { protectionGroups: groups, snapshots, volumes } = subject.array;
      const name = subject.name('pg');
      const [one, two] = [await aVolume(subject), await aVolume(subject)];
      await groups.create(name);
      await groups.changeVolumes(name, { add: [one.name, two.name], remove: [] });
      expect(await groups.findSnapshot(`${name}.snap-1`)).toBe('absent');
      await groups.createSnapshot(name, 'snap-1');
      expect(await groups.findSnapshot(`${name}.snap-1`)).toBe('live');
      await fails(groups.createSnapshot(name, 'snap-1'), 'already-exists');
      const part = `${name}.snap-1.${one.name}`;
      expect(await snapshots.find(part)).toMatchObject({ kind: 'live', snapshot: { source: one.name } });
      const copy = await volumes.copy({
        name: subject.name('copy'),
        source: part,
        defaultProtection: false,
      });
      expect(copy.source).toBe(one.name);
      await volumes.overwrite(one.name, part);
      await groups.destroySnapshot(`${name}.snap-1`);
      expect(await groups.findSnapshot(`${name}.snap-1`)).toBe('destroyed');
      expect((await snapshots.find(part)).kind).toBe('destroyed');
      await fails(groups.destroySnapshot(`${name}.snap-1`), 'destroyed');
      await groups.eradicateSnapshot(`${name}.snap-1`);
      expect(await groups.findSnapshot(`${name}.snap-1`)).toBe('absent');
      expect((await snapshots.find(part)).kind).toBe('absent');
      await fails(groups.destroySnapshot(`${name}.snap-1`), 'not-found');
      await fails(groups.createSnapshot(subject.name('missing'), 'snap-1'), 'not-found');
    },
  },
];
