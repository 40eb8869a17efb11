import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { aFolder, aStore, id, projectA, projectB } from '../../test/fixtures.ts';
import type { Store } from '../store.ts';
import type { QuotaDeltas, Reservation } from './quota-store.ts';

async function reserved(store: Store, deltas: QuotaDeltas): Promise<Reservation> {
  const outcome = await store.quotas.reserve(projectA, deltas);
  if (outcome.kind !== 'reserved') {
    throw new Error(`over quota: ${outcome.resources.join(', ')}`);
  }
  return outcome.reservation;
}

describe('limits', () => {
  test("are Cinder's own where nobody set any, with every volume type unlimited", async () => {
    const { store } = await aStore();
    expect(await store.quotas.limits(projectA)).toEqual({
      volumes: 10,
      per_volume_gigabytes: -1,
      snapshots: 10,
      gigabytes: 1000,
      backups: 10,
      backup_gigabytes: 1000,
      groups: 10,
      volumes___DEFAULT__: -1,
      gigabytes___DEFAULT__: -1,
      snapshots___DEFAULT__: -1,
    });
  });

  test('of a project go before those of the default class, until they are deleted', async () => {
    const path = join(aFolder(), 'state.sqlite');
    const { store } = await aStore(path);
    using database = new DatabaseSync(path);
    database.exec("UPDATE quota_classes SET hard_limit = 20 WHERE resource IN ('volumes', 'groups')");
    await store.quotas.setLimits(projectA, { volumes: 3, per_volume_gigabytes: 100 });
    await store.quotas.setLimits(projectA, { volumes: 4 });
    expect(await store.quotas.limits(projectA)).toMatchObject({
      volumes: 4,
      per_volume_gigabytes: 100,
      groups: 20,
    });
    expect(await store.quotas.limits(projectB)).toMatchObject({ volumes: 20, per_volume_gigabytes: -1 });
    await store.quotas.deleteLimits(projectA);
    expect(await store.quotas.limits(projectA)).toMatchObject({ volumes: 20, per_volume_gigabytes: -1 });
  });
});

describe('a reservation', () => {
  test('counts as reserved at once, and as used when it is committed', async () => {
    const { store } = await aStore();
    const reservation = await reserved(store, { volumes: 1, gigabytes: 5, volumes_gold: 1 });
    expect(reservation).toHaveLength(3);
    expect(await store.quotas.usages(projectA)).toEqual({
      volumes: { inUse: 0, reserved: 1 },
      gigabytes: { inUse: 0, reserved: 5 },
      volumes_gold: { inUse: 0, reserved: 1 },
    });
    await store.quotas.commit(reservation);
    await store.quotas.commit(reservation);
    await store.quotas.rollback(reservation);
    expect(await store.quotas.usages(projectA)).toEqual({
      volumes: { inUse: 1, reserved: 0 },
      gigabytes: { inUse: 5, reserved: 0 },
      volumes_gold: { inUse: 1, reserved: 0 },
    });
    expect(await store.quotas.usages(projectB)).toEqual({});
  });

  test('counts no more once it is rolled back', async () => {
    const { store } = await aStore();
    const reservation = await reserved(store, { volumes: 2 });
    await store.quotas.rollback(reservation);
    await store.quotas.rollback(reservation);
    await store.quotas.commit(reservation);
    expect(await store.quotas.usages(projectA)).toEqual({ volumes: { inUse: 0, reserved: 0 } });
  });

  test('of less gives back only when it is committed', async () => {
    const { store } = await aStore();
    await store.quotas.commit(await reserved(store, { volumes: 3, gigabytes: 30 }));
    const reservation = await reserved(store, { volumes: -1, gigabytes: -10 });
    expect(await store.quotas.usages(projectA)).toEqual({
      volumes: { inUse: 3, reserved: 0 },
      gigabytes: { inUse: 30, reserved: 0 },
    });
    await store.quotas.commit(reservation);
    expect(await store.quotas.usages(projectA)).toEqual({
      volumes: { inUse: 2, reserved: 0 },
      gigabytes: { inUse: 20, reserved: 0 },
    });
    await store.quotas.rollback(await reserved(store, { volumes: -1 }));
    expect((await store.quotas.usages(projectA)).volumes).toEqual({ inUse: 2, reserved: 0 });
  });

  test('never brings a count below zero', async () => {
    const { store } = await aStore();
    await store.quotas.commit(await reserved(store, { volumes: 1 }));
    await store.quotas.commit(await reserved(store, { volumes: -5 }));
    expect(await store.quotas.usages(projectA)).toEqual({ volumes: { inUse: 0, reserved: 0 } });
  });

  test('fits up to the limit, counting what is in use and what is reserved', async () => {
    const { store } = await aStore();
    await store.quotas.setLimits(projectA, { volumes: 3, gigabytes: 100 });
    await store.quotas.commit(await reserved(store, { volumes: 1, gigabytes: 40 }));
    await reserved(store, { volumes: 1, gigabytes: 30 });
    expect(await store.quotas.reserve(projectA, { volumes: 2, gigabytes: 31, volumes_gold: 2 })).toEqual({
      kind: 'over-quota',
      resources: ['volumes', 'gigabytes'],
      limits: { volumes: 3, gigabytes: 100, volumes_gold: -1 },
      usages: {
        volumes: { inUse: 1, reserved: 1 },
        gigabytes: { inUse: 40, reserved: 30 },
        volumes_gold: { inUse: 0, reserved: 0 },
      },
    });
    // Nothing was written, not even the row that would count a new resource.
    expect(await store.quotas.usages(projectA)).toEqual({
      volumes: { inUse: 1, reserved: 1 },
      gigabytes: { inUse: 40, reserved: 30 },
    });
    await reserved(store, { volumes: 1, gigabytes: 30 });
    expect((await store.quotas.reserve(projectA, { volumes: 1 })).kind).toBe('over-quota');
    expect((await store.quotas.reserve(projectB, { volumes: 1 })).kind).toBe('reserved');
  });

  test('a charge counts as used at once, or is refused whole, and leaves no reservation', async () => {
    const { store } = await aStore();
    await store.quotas.setLimits(projectA, { volumes: 2, gigabytes: 10 });
    expect(await store.quotas.charge(projectA, { volumes: 1, gigabytes: 8 })).toEqual({ kind: 'charged' });
    expect(await store.quotas.charge(projectA, { volumes: 1, gigabytes: 3 })).toMatchObject({
      kind: 'over-quota',
      resources: ['gigabytes'],
    });
    expect(await store.quotas.usages(projectA)).toEqual({
      volumes: { inUse: 1, reserved: 0 },
      gigabytes: { inUse: 8, reserved: 0 },
    });
  });

  test('of nothing more, or of less, fits though the limit is passed', async () => {
    const { store } = await aStore();
    await store.quotas.commit(await reserved(store, { volumes: 5, gigabytes: 50 }));
    await store.quotas.setLimits(projectA, { volumes: 2, gigabytes: 0 });
    expect((await store.quotas.reserve(projectA, { volumes: -1, gigabytes: 0 })).kind).toBe('reserved');
  });

  test('is bound by the limit of a volume type once it has one', async () => {
    const { store } = await aStore();
    await store.volumeTypes.insert({
      id: id(1),
      name: 'gold',
      description: null,
      isPublic: true,
      extraSpecs: {},
    });
    expect((await store.quotas.reserve(projectA, { volumes_gold: 500 })).kind).toBe('reserved');
    await store.quotas.setLimits(projectB, { volumes_gold: 1 });
    expect(await store.quotas.reserve(projectB, { volumes_gold: 2 })).toMatchObject({
      kind: 'over-quota',
      resources: ['volumes_gold'],
      limits: { volumes_gold: 1 },
    });
  });

  test('is granted to as many at once as fit, and to no more', async () => {
    const { store } = await aStore();
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => store.quotas.reserve(projectA, { volumes: 1, gigabytes: 1 })),
    );
    expect(outcomes.filter((outcome) => outcome.kind === 'reserved')).toHaveLength(10);
    expect((await store.quotas.usages(projectA)).volumes).toEqual({ inUse: 0, reserved: 10 });
  });

  test('expires after a day, and then holds nothing', async () => {
    const { store, clock } = await aStore();
    const forgotten = await reserved(store, { volumes: 2, gigabytes: -1 });
    clock.advance(1000);
    await reserved(store, { volumes: 1 });
    clock.advance(86_400_000 - 1000);
    expect(await store.quotas.expire()).toBe(0);
    clock.advance(1);
    expect(await store.quotas.expire()).toBe(2);
    expect(await store.quotas.expire()).toBe(0);
    expect(await store.quotas.usages(projectA)).toEqual({
      volumes: { inUse: 0, reserved: 1 },
      gigabytes: { inUse: 0, reserved: 0 },
    });
    await store.quotas.commit(forgotten);
    expect((await store.quotas.usages(projectA)).volumes).toEqual({ inUse: 0, reserved: 1 });
  });

  test('leaves no row when it is done, however it ends', async () => {
    const path = join(aFolder(), 'state.sqlite');
    const { store, clock } = await aStore(path);
    using database = new DatabaseSync(path);
    const rows = (): number => database.prepare('SELECT id FROM reservations').all().length;
    await store.quotas.commit(await reserved(store, { volumes: 1, gigabytes: 1 }));
    expect(rows()).toBe(0);
    await store.quotas.rollback(await reserved(store, { volumes: 1, gigabytes: 1 }));
    expect(rows()).toBe(0);
    await store.quotas.charge(projectA, { volumes: 1, gigabytes: 1 });
    expect(rows()).toBe(0);
    await reserved(store, { volumes: 1, gigabytes: 1 });
    expect(rows()).toBe(2);
    clock.advance(86_400_001);
    await store.quotas.expire();
    expect(rows()).toBe(0);
  });

  test('is written as Cinder writes it', async () => {
    const path = join(aFolder(), 'state.sqlite');
    const { store } = await aStore(path);
    const [uuid] = await reserved(store, { volumes: 1 });
    using database = new DatabaseSync(path);
    expect({ ...database.prepare('SELECT * FROM reservations').get() }).toEqual({
      created_at: '2026-11-21 00:00:00.000000',
      updated_at: null,
      deleted_at: null,
      deleted: 0,
      id: 1,
      uuid,
      usage_id: 1,
      project_id: projectA,
      resource: 'volumes',
      delta: 1,
      expire: '2026-11-22 00:00:00.000000',
      allocated_id: null,
    });
    expect({ ...database.prepare('SELECT * FROM quota_usages').get() }).toMatchObject({
      project_id: projectA,
      resource: 'volumes',
      in_use: 0,
      reserved: 1,
      until_refresh: null,
      race_preventer: 1,
    });
  });
});

test('renaming a volume type takes its limits, its usage and its open reservations along', async () => {
  const { store } = await aStore();
  const type = { description: null, isPublic: true, extraSpecs: {} };
  await store.volumeTypes.insert({ ...type, id: id(1), name: 'gold' });
  await store.volumeTypes.insert({ ...type, id: id(2), name: 'old' });
  await store.quotas.setLimits(projectA, { volumes_gold: 7 });
  await store.quotas.commit(await reserved(store, { volumes_gold: 2, volumes_old: 1 }));
  const open = await reserved(store, { volumes_gold: 1 });
  await store.volumeTypes.delete(id(2));
  expect(await store.volumeTypes.update(id(1), { name: 'old' })).toBe('updated');
  await store.quotas.commit(open);
  expect((await store.quotas.limits(projectA)).volumes_old).toBe(7);
  expect(await store.quotas.usages(projectA)).toEqual({ volumes_old: { inUse: 3, reserved: 0 } });
});
