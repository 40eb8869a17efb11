import { expect } from 'vitest';
import { aVolume, type ContractCase, fails } from './subject.ts';

const namespace = 'cinder-flasharray.contract';

/** Tags. */
export const tagCases: readonly ContractCase[] = [
  {
    name: 'tags > are set, replaced and read by namespace',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const { tags } = subject.array;
      expect(await tags.list(name, namespace)).toEqual({});
      await tags.set(name, namespace, { VolType: 'Data', ProjectId: 'p-1' });
      await tags.set(name, namespace, { VolType: 'Boot' });
      await tags.set(name, 'other.namespace', { VolType: 'Other' });
      expect(await tags.list(name, namespace)).toEqual({ VolType: 'Boot', ProjectId: 'p-1' });
      expect(await tags.list(name, 'other.namespace')).toEqual({ VolType: 'Other' });
    },
  },
  {
    name: 'tags > are removed by key, and absent keys are fine',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const { tags } = subject.array;
      await tags.set(name, namespace, { a: '1', b: '2', c: '3' });
      await tags.remove(name, namespace, ['a', 'never']);
      expect(await tags.list(name, namespace)).toEqual({ b: '2', c: '3' });
      await tags.remove(name, namespace, ['never']);
      await tags.remove(name, namespace, []);
      await tags.remove(name, namespace, ['b', 'c']);
      expect(await tags.list(name, namespace)).toEqual({});
    },
  },
  {
    name: 'tags > keep every character of key and value',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      const tag = { 'a/b:c d?#%': 'ä, "quoted" \' & = %' };
      await subject.array.tags.set(name, namespace, tag);
      expect(await subject.array.tags.list(name, namespace)).toEqual(tag);
      await subject.array.tags.remove(name, namespace, Object.keys(tag));
      expect(await subject.array.tags.list(name, namespace)).toEqual({});
    },
  },
  {
    name: 'tags > are not copied to clones',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await subject.array.tags.set(name, namespace, { a: '1' });
      const clone = subject.name('clone');
      await subject.array.volumes.copy({ name: clone, source: name, defaultProtection: false });
      expect(await subject.array.tags.list(clone, namespace)).toEqual({});
    },
  },
  {
    name: 'tags > need a volume',
    run: async (subject) => {
      const missing = subject.name('missing');
      await fails(subject.array.tags.set(missing, namespace, { a: '1' }), 'not-found');
      await fails(subject.array.tags.list(missing, namespace), 'not-found');
      await fails(subject.array.tags.remove(missing, namespace, ['a']), 'not-found');
    },
  },
  {
    name: 'tags > are refused where volumes carry none',
    run: async (subject) => {
      const { name } = await aVolume(subject);
      await fails(subject.array.tags.set(name, namespace, { a: '1' }), 'unsupported');
      await fails(subject.array.tags.list(name, namespace), 'unsupported');
      await fails(subject.array.tags.remove(name, namespace, ['a']), 'unsupported');
    },
  },
];
