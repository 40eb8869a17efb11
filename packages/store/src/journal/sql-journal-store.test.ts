import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aFolder, aStore, id } from '../../test/fixtures.ts';

const entry = (number: number) => ({
  operation: 'extend_volume',
  resourceId: id(number),
  details: { number },
  owner: 'this life',
});

test('entries come oldest first, with what was written last', async () => {
  const { store } = await aStore();
  const first = await store.journal.add(entry(1));
  const second = await store.journal.add(entry(2));
  await store.journal.postpone(first.id, {
    notBefore: new Date('2026-11-21T00:00:30.000Z'),
    lastError: 'no answer',
    details: { newSize: 5 },
  });
  expect(await store.journal.list()).toEqual([
    {
      id: first.id,
      sequence: first.sequence,
      operation: 'extend_volume',
      resourceId: id(1),
      details: { newSize: 5 },
      owner: 'this life',
      attempts: 1,
      notBefore: new Date('2026-11-21T00:00:30.000Z'),
      lastError: 'no answer',
      createdAt: new Date('2026-11-21T00:00:00.000Z'),
    },
    second,
  ]);
  expect(second.details).toEqual({ number: 2 });
});

test('the sequence goes on rising, also after the newest entry went and the store was opened again', async () => {
  const path = join(aFolder(), 'state.sqlite');
  const { store } = await aStore(path);
  await store.journal.add(entry(1));
  const newest = await store.journal.add(entry(2));
  await store.journal.remove(newest.id);
  await store.journal.remove(newest.id);
  await store.close();
  const again = await aStore(path);
  expect((await again.store.journal.add(entry(3))).sequence).toBe(3);
  expect((await again.store.journal.list()).map(({ sequence }) => sequence)).toEqual([1, 3]);
});

test('an entry that is gone is not put off', async () => {
  const { store } = await aStore();
  await store.journal.postpone(id(1), { notBefore: new Date(0), lastError: 'no answer' });
  expect(await store.journal.list()).toEqual([]);
});

test('work that waits for an array comes oldest first, of one back end, until it is removed', async () => {
  const { store } = await aStore();
  const waiting = { host: 'node1@fa', backendId: 'default', operation: 'remove_original', details: { a: 1 } };
  await store.journal.defer(waiting);
  await store.journal.defer({ ...waiting, host: 'node1@other' });
  await store.journal.defer({ ...waiting, backendId: 'fa2' });
  const [first, second] = await store.journal.deferred('node1@fa');
  expect(first).toEqual({ ...waiting, id: first?.id });
  expect(second).toEqual({ ...waiting, backendId: 'fa2', id: second?.id });
  await store.journal.removeDeferred([first?.id ?? 0]);
  expect(await store.journal.deferred('node1@fa')).toEqual([second]);
  expect(await store.journal.list()).toEqual([]);
});
