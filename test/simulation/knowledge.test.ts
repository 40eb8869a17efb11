import { expect, test } from 'vitest';
import { after, Knowledge } from './knowledge.ts';

test('a copy under way has what was there or what a host writes meanwhile; one of what nobody knew may have anything', () => {
  const knowledge = new Knowledge();
  const volume = knowledge.learnVolume('one', { size: 1, type: null, contents: [0] });
  const known = new Set(volume.contents);
  const unknown = new Set<number>();
  volume.copies.add(known);
  volume.copies.add(unknown);
  knowledge.written(volume, 30);
  expect([...known]).toEqual([0, 30]);
  expect([...unknown]).toEqual([]);
});

test('what nobody knew stays unknown when an answer is lost, on either side', () => {
  const lost = { kind: 'lost' } as const;
  expect([...after(lost, new Set<number>(), new Set([3]))]).toEqual([]);
  expect([...after(lost, new Set([2]), new Set<number>())]).toEqual([]);
  expect([...after(lost, new Set([2]), new Set([3]))]).toEqual([2, 3]);
});

test('the volumes of a copied group are made together, and others by themselves', () => {
  const knowledge = new Knowledge();
  const learn = (id: string, copiedInto: string | null) =>
    knowledge.learnVolume(id, { size: 1, type: null, contents: [0], copiedInto });
  const [one, two, other, alone] = [learn('1', 'a'), learn('2', 'a'), learn('3', 'b'), learn('4', null)];
  expect(knowledge.madeWith(one)).toEqual([one, two]);
  expect(knowledge.madeWith(other)).toEqual([other]);
  expect(knowledge.madeWith(alone)).toEqual([alone]);
});
