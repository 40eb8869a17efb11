import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { aFolder, aStore, id } from '../../test/fixtures.ts';

test('work in hand is one row for each resource, until it is cleared', async () => {
  const path = join(aFolder(), 'state.sqlite');
  const { store } = await aStore(path);
  const service = await store.services.register({
    host: 'node1@puredriver-1',
    binary: 'cinder-volume',
    availabilityZone: 'nova',
  });
  await store.workers.set('Volume', id(1), 'creating', null);
  await store.workers.set('Snapshot', id(1), 'creating', service.id);
  await store.workers.set('Volume', id(1), 'deleting', service.id);
  expect(await store.workers.list()).toEqual([
    { resource: 'Volume', id: id(1), status: 'deleting', serviceId: 1 },
    { resource: 'Snapshot', id: id(1), status: 'creating', serviceId: 1 },
  ]);
  await store.workers.clear('Volume', id(1));
  await store.workers.clear('Volume', id(1));
  expect(await store.workers.list()).toEqual([
    { resource: 'Snapshot', id: id(1), status: 'creating', serviceId: 1 },
  ]);
  using database = new DatabaseSync(path);
  // Cleared rows are gone, and the row that probes for parts of a second stays.
  expect(
    database
      .prepare('SELECT resource_type, race_preventer FROM workers ORDER BY id')
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([
    { resource_type: 'SENTINEL', race_preventer: 0 },
    { resource_type: 'Snapshot', race_preventer: 0 },
  ]);
});

test('work taken over shows whoever had it that it is no longer theirs', async () => {
  const path = join(aFolder(), 'state.sqlite');
  const { store, clock } = await aStore(path);
  await store.workers.set('Volume', id(1), 'creating', null);
  clock.advance(1);
  await store.workers.set('Volume', id(1), 'creating', null);
  using database = new DatabaseSync(path);
  expect({
    ...database
      .prepare("SELECT race_preventer, updated_at FROM workers WHERE resource_type = 'Volume'")
      .get(),
  }).toEqual({ race_preventer: 1, updated_at: '2026-11-21 00:00:00.001000' });
});

test('work of a service that is not there is refused', async () => {
  const { store } = await aStore();
  await expect(store.workers.set('Volume', id(1), 'creating', 99)).rejects.toMatchObject({
    code: 'constraint',
  });
});
