import { describe, expect, test } from 'vitest';
import { aStore, aVolume, id, projectA, projectB } from '../../test/fixtures.ts';
import type { NewVolumeType } from './volume-type-store.ts';

function aType(number: number, name: string, over: Partial<NewVolumeType> = {}): NewVolumeType {
  return { id: id(number), name, description: null, isPublic: true, extraSpecs: {}, ...over };
}

describe('a volume type', () => {
  test('is found by id and by name, with its extra specs', async () => {
    const { store } = await aStore();
    const made = await store.volumeTypes.insert(
      aType(1, 'gold', { description: 'the best', extraSpecs: { volume_backend_name: 'puredriver-1' } }),
    );
    const expected = {
      id: id(1),
      name: 'gold',
      description: 'the best',
      isPublic: true,
      qosSpecsId: null,
      extraSpecs: { volume_backend_name: 'puredriver-1' },
      createdAt: new Date('2026-11-21T00:00:00.000Z'),
      updatedAt: null,
    };
    expect(made).toEqual({ kind: 'created', type: expected });
    expect(await store.volumeTypes.get(id(1))).toEqual(expected);
    expect(await store.volumeTypes.findByName('gold')).toEqual(expected);
    expect(await store.volumeTypes.findByName('Gold')).toBeNull();
  });

  test('has a name of its own among the live ones', async () => {
    const { store } = await aStore();
    await store.volumeTypes.insert(aType(1, 'gold'));
    await store.volumeTypes.insert(aType(2, 'silver'));
    expect(await store.volumeTypes.insert(aType(3, 'gold'))).toEqual({ kind: 'name-taken' });
    expect(await store.volumeTypes.update(id(2), { name: 'gold' })).toBe('name-taken');
    expect(await store.volumeTypes.update(id(1), { name: 'gold', isPublic: false })).toBe('updated');
    expect(await store.volumeTypes.update(id(3), { name: 'lead' })).toBe('gone');
    expect(await store.volumeTypes.delete(id(1))).toBe('deleted');
    expect(await store.volumeTypes.insert(aType(3, 'gold'))).toMatchObject({ kind: 'created' });
  });

  test('keeps the extra specs that are not named, and loses one at a time', async () => {
    const { store } = await aStore();
    await store.volumeTypes.insert(aType(1, 'gold', { extraSpecs: { a: '1', b: '2' } }));
    await store.volumeTypes.setExtraSpecs(id(1), { b: '3', c: '4' });
    expect(await store.volumeTypes.deleteExtraSpec(id(1), 'a')).toBe(true);
    expect(await store.volumeTypes.deleteExtraSpec(id(1), 'a')).toBe(false);
    expect((await store.volumeTypes.get(id(1)))?.extraSpecs).toEqual({ b: '3', c: '4' });
    await expect(store.volumeTypes.setExtraSpecs(id(2), { a: '1' })).rejects.toMatchObject({
      code: 'constraint',
    });
  });

  test('stays while a live volume has it', async () => {
    const { store } = await aStore();
    await store.volumeTypes.insert(aType(1, 'gold', { extraSpecs: { a: '1' } }));
    await store.volumes.insert(aVolume(10, { volumeTypeId: id(1) }));
    expect(await store.volumeTypes.delete(id(1))).toBe('in-use');
    expect((await store.volumeTypes.get(id(1)))?.extraSpecs).toEqual({ a: '1' });
    await store.volumes.delete(id(10));
    expect(await store.volumeTypes.delete(id(1))).toBe('deleted');
    expect(await store.volumeTypes.delete(id(1))).toBe('gone');
    expect(await store.volumeTypes.get(id(1))).toBeNull();
  });

  test('that is not public is seen by the projects that have access', async () => {
    const { store } = await aStore();
    await store.volumeTypes.insert(aType(1, 'private', { isPublic: false }));
    await store.volumeTypes.insert(aType(2, 'gold'));
    const names = async (project: string | null): Promise<readonly string[]> =>
      (await store.volumeTypes.list(project)).map((type) => type.name);
    expect(await names(projectA)).toEqual(['__DEFAULT__', 'gold']);
    expect(await store.volumeTypes.addAccess(id(1), projectA)).toBe(true);
    expect(await store.volumeTypes.addAccess(id(1), projectA)).toBe(false);
    expect(await names(projectA)).toEqual(['__DEFAULT__', 'gold', 'private']);
    expect(await names(projectB)).toEqual(['__DEFAULT__', 'gold']);
    expect(await names(null)).toEqual(['__DEFAULT__', 'gold', 'private']);
    expect(await store.volumeTypes.hasAccess(id(1), projectA)).toBe(true);
    expect(await store.volumeTypes.hasAccess(id(1), projectB)).toBe(false);
    expect(await store.volumeTypes.accessList(id(1))).toEqual([projectA]);
  });

  test('can be given to a project, taken away and given again, more than once', async () => {
    const { store } = await aStore();
    await store.volumeTypes.insert(aType(1, 'private', { isPublic: false }));
    for (let round = 0; round < 3; round += 1) {
      expect(await store.volumeTypes.addAccess(id(1), projectA)).toBe(true);
      expect(await store.volumeTypes.removeAccess(id(1), projectA)).toBe(true);
      expect(await store.volumeTypes.removeAccess(id(1), projectA)).toBe(false);
    }
    expect(await store.volumeTypes.accessList(id(1))).toEqual([]);
  });
});
