import { join } from 'node:path';
import fc from 'fast-check';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { aFolder, aStore, aVolume, id, ManualClock, projectA, projectB, start } from '../../test/fixtures.ts';
import type { Database } from '../database/tables.ts';
import { SqliteConnection } from '../dialect/sqlite/sqlite-connection.ts';
import { openStore } from '../open-store.ts';
import type { PageRequest, SortKey } from '../page.ts';
import type { VolumeRecord } from '../records.ts';
import type { Store } from '../store.ts';
import { visibleVolumes } from '../volumes/volume-conditions.ts';
import { type VolumeSortKey, volumeSortKeys } from '../volumes/volume-store.ts';
import { pageStatement } from './list-page.ts';

const everything: PageRequest<VolumeSortKey> = { sort: [], limit: 1000, offset: 0, marker: null };

async function listed(
  store: Store,
  page: Partial<PageRequest<VolumeSortKey>>,
  projectId: string | null = projectA,
): Promise<{
  readonly rows: readonly VolumeRecord[];
  readonly more: boolean;
  readonly count: number | null;
}> {
  const found = await store.volumes.list({ projectId }, { ...everything, ...page });
  if (found.kind !== 'page') {
    throw new Error('the marker should be known');
  }
  return found;
}

function ids(rows: readonly VolumeRecord[]): readonly string[] {
  return rows.map((row) => row.id);
}

describe('a list', () => {
  test('is newest first unless told otherwise, and by id among volumes of one age', async () => {
    const { store, clock } = await aStore();
    await store.volumes.insert(aVolume(2));
    await store.volumes.insert(aVolume(3));
    clock.advance(1);
    await store.volumes.insert(aVolume(1));
    expect(ids((await listed(store, {})).rows)).toEqual([id(1), id(3), id(2)]);
  });

  test('follows the keys asked for, then age and id in the direction of the first key', async () => {
    const { store, clock } = await aStore();
    await store.volumes.insert(aVolume(1, { size: 5, displayName: 'b' }));
    await store.volumes.insert(aVolume(2, { size: 5, displayName: 'a' }));
    clock.advance(1);
    await store.volumes.insert(aVolume(0, { size: 5, displayName: 'a' }));
    await store.volumes.insert(aVolume(4, { size: 4, displayName: 'z' }));
    const order = async (...sort: SortKey<VolumeSortKey>[]): Promise<readonly string[]> =>
      ids((await listed(store, { sort })).rows);
    expect(await order({ key: 'size', direction: 'asc' })).toEqual([id(4), id(1), id(2), id(0)]);
    expect(await order({ key: 'size', direction: 'desc' })).toEqual([id(0), id(2), id(1), id(4)]);
    expect(await order({ key: 'size', direction: 'desc' }, { key: 'name', direction: 'asc' })).toEqual([
      id(0),
      id(2),
      id(1),
      id(4),
    ]);
    expect(await order({ key: 'display_name', direction: 'asc' })).toEqual([id(2), id(0), id(1), id(4)]);
  });

  test('puts rows without a value first when ascending and last when descending', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { displayName: 'b' }));
    await store.volumes.insert(aVolume(2, { displayName: null }));
    await store.volumes.insert(aVolume(3, { displayName: 'a' }));
    for (const [direction, expected] of [
      ['asc', [id(2), id(3), id(1)]],
      ['desc', [id(1), id(3), id(2)]],
    ] as const) {
      const sort = [{ key: 'name', direction }] as const;
      expect(ids((await listed(store, { sort })).rows)).toEqual(expected);
      for (const [index, marker] of expected.entries()) {
        expect(ids((await listed(store, { sort, marker })).rows)).toEqual(expected.slice(index + 1));
      }
    }
  });

  test('is cut to the limit, tells that more is left, and counts all the same', async () => {
    const { store } = await aStore();
    for (let number = 1; number <= 5; number += 1) {
      await store.volumes.insert(aVolume(number));
    }
    const first = await listed(store, { limit: 2 });
    expect([ids(first.rows), first.more, first.count]).toEqual([[id(5), id(4)], true, 5]);
    const second = await listed(store, { limit: 2, marker: id(4) });
    expect([ids(second.rows), second.more, second.count]).toEqual([[id(3), id(2)], true, 5]);
    const last = await listed(store, { limit: 2, marker: id(2) });
    expect([ids(last.rows), last.more, last.count]).toEqual([[id(1)], false, 5]);
    const exact = await listed(store, { limit: 5 });
    expect([exact.rows.length, exact.more, exact.count]).toEqual([5, false, 5]);
    const skipped = await listed(store, { limit: 2, offset: 1, marker: id(5) });
    expect([ids(skipped.rows), skipped.more]).toEqual([[id(3), id(2)], true]);
    const beyond = await listed(store, { offset: 9 });
    expect([beyond.rows, beyond.more, beyond.count]).toEqual([[], false, 5]);
    const none = await listed(store, { limit: 0 });
    expect([none.rows, none.more, none.count]).toEqual([[], true, 5]);
    const uncounted = await listed(store, { limit: 2, counted: false });
    expect([ids(uncounted.rows), uncounted.more, uncounted.count]).toEqual([[id(5), id(4)], true, null]);
  });

  test('knows no marker that is deleted, of another project, or nobody made', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.volumes.insert(aVolume(2, { projectId: projectB }));
    await store.volumes.insert(aVolume(3));
    await store.volumes.delete(id(3));
    for (const marker of [id(2), id(3), id(4), '']) {
      expect(await store.volumes.list({ projectId: projectA }, { ...everything, marker })).toEqual({
        kind: 'unknown-marker',
      });
    }
    expect(ids((await listed(store, { marker: id(2) }, null)).rows)).toEqual([id(1)]);
  });

  test('goes on where it was though the marker no longer passes the filter', async () => {
    const { store } = await aStore();
    for (let number = 1; number <= 4; number += 1) {
      await store.volumes.insert(aVolume(number));
    }
    await store.volumes.update(id(3), { status: 'error' });
    const filter = { projectId: projectA, status: { operator: 'eq', value: 'available' } } as const;
    const found = await store.volumes.list(filter, { ...everything, marker: id(3) });
    expect(found).toMatchObject({ kind: 'page', rows: [{ id: id(2) }, { id: id(1) }], count: 3 });
  });

  test('loads the children of each row', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { metadata: { a: '1' } }));
    await store.volumes.insert(aVolume(2, { metadata: { a: '2', b: '3' } }));
    await store.volumes.insert(aVolume(3));
    const { rows } = await listed(store, {});
    expect(rows.map((row) => row.metadata)).toEqual([{}, { a: '2', b: '3' }, { a: '1' }]);
  });
});

describe('pages', () => {
  /** Few values and many rows: most sorts meet ties and nulls. */
  const names = [null, 'a', 'b'];
  const rowCount = 40;
  let store: Store;

  beforeAll(async () => {
    const clock = new ManualClock(start);
    store = await openStore({ path: ':memory:', clock });
    for (let number = 0; number < rowCount; number += 1) {
      clock.advance(number % 3 === 0 ? 1 : 0);
      await store.volumes.insert(
        // 7 and 40 have no common divisor: ids come in an order of their own.
        aVolume((number * 7) % rowCount, {
          displayName: names[number % 3] ?? null,
          size: (number * 5) % 4,
          host: names[number % 2] ?? null,
          bootable: number % 2 === 0,
          status: number % 5 === 0 ? 'error' : 'available',
        }),
      );
      if (number % 4 === 0) {
        await store.volumes.update(id((number * 7) % rowCount), { availabilityZone: null });
      }
    }
  });
  afterAll(() => store.close());

  const sorts = fc.array(
    fc.record({
      key: fc.constantFrom(...volumeSortKeys),
      direction: fc.constantFrom('asc' as const, 'desc' as const),
    }),
    { maxLength: 4 },
  );

  test('join to the whole list, without gap or repeat, in any order and of any size', async () => {
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 1, max: 15 }), async (sort, limit) => {
        const whole = ids((await listed(store, { sort })).rows);
        expect(new Set(whole).size).toBe(rowCount);
        const joined: string[] = [];
        let marker: string | null = null;
        let more = true;
        while (more) {
          const page = await listed(store, { sort, limit, marker });
          expect(page.count).toBe(rowCount);
          joined.push(...ids(page.rows));
          marker = joined.at(-1) ?? null;
          more = page.more;
        }
        expect(joined).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  test('by offset join to the same list', async () => {
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 3, max: 15 }), async (sort, limit) => {
        const whole = ids((await listed(store, { sort })).rows);
        const joined: string[] = [];
        for (let offset = 0; offset < rowCount; offset += limit) {
          joined.push(...ids((await listed(store, { sort, limit, offset })).rows));
        }
        expect(joined).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the index', () => {
  test.each([
    ['one project', projectA, 'flasharray_ix_volumes_project'],
    ['every project', null, 'flasharray_ix_volumes_created'],
  ])(
    'gives a page of %s in the default order from its marker on, without sorting',
    async (_, project, index) => {
      const path = join(aFolder(), 'state.sqlite');
      const { store } = await aStore(path);
      await store.volumes.insert(aVolume(1));
      const db = new Kysely<Database>({
        dialect: new SqliteDialect({ database: new SqliteConnection(path) }),
      });
      onTestFinished(() => db.destroy());
      const statement = await pageStatement(db, {
        table: 'volumes',
        visible: visibleVolumes(project),
        filter: [],
        columnOf: { id: 'id' },
        page: { sort: [], limit: 10, offset: 0, marker: id(1) },
      });
      const plan = await sql<{ detail: string }>`explain query plan ${statement}`.execute(db);
      expect(plan.rows.map((row) => row.detail)).toEqual([
        expect.stringMatching(new RegExp(`^SEARCH volumes USING INDEX ${index} \\(.*created_at<`)),
      ]);
    },
  );
});
