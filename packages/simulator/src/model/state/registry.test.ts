import { expect, test } from 'vitest';
import { lowerBound, Registry } from './registry.ts';

type Thing = { readonly id: string; readonly name: string; readonly owner: string | null };

function things(...names: readonly string[]): Registry<Thing> {
  const registry = new Registry<Thing>();
  for (const [position, name] of names.entries()) registry.put({ id: `id${position}`, name, owner: null });
  return registry;
}

const names = (registry: Registry<Thing>): readonly string[] => registry.sorted().map(({ name }) => name);

test('a sorted list follows additions, renamings and removals', () => {
  const registry = things(...Array.from({ length: 40 }, (_, position) => `m${position + 10}`));
  expect(names(registry).slice(0, 2)).toEqual(['m10', 'm11']);
  registry.put({ id: 'new', name: 'M10a', owner: null });
  registry.remove('id1');
  expect(names(registry).slice(0, 4)).toEqual(['m10', 'M10a', 'm12', 'm13']);
  registry.put({ id: 'id0', name: 'zz', owner: null });
  registry.put({ id: 'id2', name: 'm12', owner: 'somebody' });
  expect(names(registry).slice(0, 3)).toEqual(['M10a', 'm12', 'm13']);
  expect(names(registry).at(-1)).toBe('zz');
  expect(registry.sorted()[1]?.owner).toBe('somebody');
});

test('a list that was given out stays as it was', () => {
  const registry = things(...Array.from({ length: 40 }, (_, position) => `m${position + 10}`));
  const before = registry.sorted();
  registry.remove('id0');
  expect(registry.sorted()).toHaveLength(39);
  expect(before).toHaveLength(40);
});

test('two objects that change names in turn are both found', () => {
  const registry = things('a', 'b');
  registry.put({ id: 'id0', name: 'c', owner: null });
  registry.put({ id: 'id1', name: 'a', owner: null });
  expect(registry.byName('A')?.id).toBe('id1');
  expect(names(registry)).toEqual(['a', 'c']);
});

test('an index finds by its key, before and after changes', () => {
  const registry = things('a', 'b', 'c');
  const owned = registry.indexBy(({ owner }) => owner);
  registry.put({ id: 'id0', name: 'a', owner: 'x' });
  registry.put({ id: 'id1', name: 'b', owner: 'x' });
  expect(owned.get('x').map(({ name }) => name)).toEqual(['a', 'b']);
  registry.put({ id: 'id0', name: 'a', owner: 'y' });
  registry.put({ id: 'id1', name: 'b2', owner: 'x' });
  expect(owned.get('x').map(({ name }) => name)).toEqual(['b2']);
  registry.remove('id1');
  expect(owned.get('x')).toEqual([]);
  registry.clear();
  expect(owned.get('y')).toEqual([]);
});

test.each([
  [0, 0],
  [5, 2],
  [9, 4],
  [10, 5],
])('the first of 1 3 5 7 9 that is at least %d is at %d', (least, place) => {
  expect(lowerBound([1, 3, 5, 7, 9], (value) => value >= least)).toBe(place);
});
