import { describe, expect, onTestFinished, test } from 'vitest';
import { aStore, aVolume, id, ManualClock, projectA, start } from '../../test/fixtures.ts';
import { openStore } from '../open-store.ts';
import type { Records } from '../store.ts';

/** A promise that is settled from outside. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

/** Lets everything run that can run without anything new happening. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a transaction', () => {
  test('gives what its work gives, and keeps its writes', async () => {
    const { store } = await aStore();
    const made = await store.transaction((records) => records.volumes.insert(aVolume(1)));
    expect(await store.volumes.get(id(1))).toEqual(made);
  });

  test('that rejects keeps nothing, and rejects with the same error', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    const reason = new Error('thought better of it');
    await expect(
      store.transaction(async (records) => {
        await records.volumes.insert(aVolume(2, { metadata: { a: 'b' } }));
        await records.volumes.delete(id(1));
        await records.journal.add({
          operation: 'create_volume',
          resourceId: id(2),
          details: {},
          owner: null,
        });
        throw reason;
      }),
    ).rejects.toBe(reason);
    expect(await store.volumes.get(id(1))).not.toBeNull();
    expect(await store.volumes.get(id(2))).toBeNull();
    expect(await store.journal.list()).toEqual([]);
  });

  test('is seen by others as a whole: what they write and read waits for its end', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { size: 1 }));
    const halfway = gate();
    const transaction = store.transaction(async (records) => {
      await records.volumes.update(id(1), { size: 2 });
      await halfway.opened;
      await records.volumes.update(id(1), { size: 3 });
      throw new Error('undone');
    });
    const order: string[] = [];
    const outcome = expect(transaction)
      .rejects.toThrow('undone')
      .then(() => order.push('transaction'));
    const read = store.volumes.get(id(1)).then((volume) => order.push(`read ${volume?.size}`));
    const write = store.volumes.insert(aVolume(2)).then(() => order.push('write'));
    await settle();
    expect(order).toEqual([]);
    halfway.open();
    await Promise.all([outcome, read, write]);
    expect(order.toSorted()).toEqual(['read 1', 'transaction', 'write']);
    // Had the insert joined the transaction, it would have been undone with it.
    expect(await store.volumes.get(id(2))).not.toBeNull();
  });

  test('runs after the one before it: no update is lost', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1, { size: 0 }));
    const grow = (): Promise<boolean> =>
      store.transaction(async (records) => {
        const size = (await records.volumes.get(id(1)))?.size ?? 0;
        return records.volumes.update(id(1), { size: size + 1 });
      });
    await Promise.all(Array.from({ length: 25 }, grow));
    expect((await store.volumes.get(id(1)))?.size).toBe(25);
  });

  test('carries on after a piece of it failed, without the halves of that piece', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.transaction(async (records) => {
      const refused = records.volumes.insert(aVolume(1, { metadata: { a: 'b' } }));
      await expect(refused).rejects.toMatchObject({ code: 'constraint' });
      await records.volumes.insert(aVolume(2));
    });
    expect((await store.volumes.get(id(1)))?.metadata).toEqual({});
    expect(await store.volumes.get(id(2))).not.toBeNull();
  });

  test('undoes what a piece had written before it failed, and keeps the rest', async () => {
    let made = 0;
    const store = await openStore({
      path: ':memory:',
      clock: new ManualClock(start),
      uuid: () => {
        made += 1;
        if (made === 4) {
          throw new Error('no more ids');
        }
        return id(made);
      },
    });
    onTestFinished(() => store.close());
    await store.transaction(async (records) => {
      await records.volumes.insert(aVolume(1));
      // Ids 1 and 2 went into the new database; the second resource of this reservation gets none.
      await expect(records.quotas.reserve(projectA, { volumes: 1, gigabytes: 1 })).rejects.toThrow(
        'no more ids',
      );
    });
    expect(await store.volumes.get(id(1))).not.toBeNull();
    expect(await store.quotas.usages(projectA)).toEqual({});
  });

  test('takes several pieces of work at once', async () => {
    const { store } = await aStore();
    await store.transaction(async (records) => {
      const outcomes = await Promise.allSettled([
        records.volumes.insert(aVolume(1, { metadata: { a: '1' } })),
        records.volumes.insert(aVolume(1, { metadata: { a: '2' } })),
        records.volumes.insert(aVolume(2, { metadata: { a: '3' } })),
      ]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    });
    expect((await store.volumes.get(id(1)))?.metadata).toEqual({ a: '1' });
    expect((await store.volumes.get(id(2)))?.metadata).toEqual({ a: '3' });
  });

  test('ends with its work: its records are refused afterwards', async () => {
    const { store } = await aStore();
    const kept = await store.transaction(async (records): Promise<Records> => records);
    await expect(kept.volumes.insert(aVolume(1))).rejects.toMatchObject({ code: 'closed' });
    expect(await store.volumes.get(id(1))).toBeNull();
  });

  test('refuses the use of the store itself within it, which would wait for ever', async () => {
    const { store } = await aStore();
    await store.transaction(async (records) => {
      await expect(store.volumes.get(id(1))).rejects.toMatchObject({ code: 'failure' });
      await expect(store.transaction(async () => undefined)).rejects.toMatchObject({ code: 'failure' });
      await expect(store.close()).rejects.toMatchObject({ code: 'failure' });
      await records.volumes.insert(aVolume(1));
    });
    expect(await store.volumes.get(id(1))).not.toBeNull();
  });

  test('does not bar the store to work that outlives it', async () => {
    const { store } = await aStore();
    const ended = gate();
    const later = await store.transaction(async () => ({
      work: ended.opened.then(() => store.volumes.insert(aVolume(1))),
    }));
    ended.open();
    expect((await later.work).id).toBe(id(1));
  });
});
