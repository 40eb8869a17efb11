import { silentLogger } from '@cinder-flasharray/common';
import { expect, test } from 'vitest';
import { compute1, context, hastyClock, runManager, volumeRequest } from './running-manager.ts';

const ending = { method: 'DELETE', path: '/^connections$/' } as const;

test('what the delete of a connected volume leaves to be made up for is on record once, however often it is tried', async () => {
  let tries = 0;
  const { blockStorage, close, manager, simulator, store } = await runManager({}, hastyClock, {
    logger: {
      ...silentLogger,
      warn: (_fields, message) => {
        tries += message === 'trying again' ? 1 : 0;
      },
    },
  });
  try {
    const { id } = await blockStorage.volumes.create(context, volumeRequest());
    await manager.idle();
    await blockStorage.volumes.initializeConnection(context, id, compute1);
    const fault = { kind: 'status', status: 503, message: 'Busy.', match: ending, times: null } as const;
    await simulator.control.addFault('fa1', fault);
    await blockStorage.volumes.delete(context, id, { cascade: false, force: true });
    await expect.poll(() => tries, { timeout: 15_000 }).toBeGreaterThan(2);
    const operations = (await store.journal.list()).map(({ operation }) => operation);
    expect(operations).toEqual(['delete_volume', 'release_host']);
    await simulator.control.clearFaults('fa1');
    await manager.idle();
    expect(await store.volumes.get(id)).toBeNull();
    expect((await simulator.control.state('fa1')).hosts).toEqual([]);
    expect(await store.journal.list()).toEqual([]);
  } finally {
    await close();
  }
});

test('a database that cannot be written makes the delete of a connected volume wait, and not fail', async () => {
  let isFull = false;
  let refused = 0;
  const { blockStorage, close, manager, simulator, store } = await runManager({}, hastyClock, {
    beforeStatement: (sql) => {
      if (isFull && /^insert into "?flasharray_journal/i.test(sql)) {
        refused += 1;
        isFull = refused < 2;
        throw new Error('database or disk is full');
      }
    },
  });
  try {
    const { id } = await blockStorage.volumes.create(context, volumeRequest());
    await manager.idle();
    await blockStorage.volumes.initializeConnection(context, id, compute1);
    const hold = await simulator.control.armHold('fa1', { match: {}, phase: 'before-apply' });
    await blockStorage.volumes.delete(context, id, { cascade: false, force: true });
    await simulator.control.waitForHold('fa1', hold.id, 5_000);
    isFull = true;
    await simulator.control.releaseHold('fa1', hold.id, 'continue');
    await manager.idle();
    expect(refused).toBe(2);
    expect(await store.volumes.get(id)).toBeNull();
    expect((await simulator.control.state('fa1')).hosts).toEqual([]);
  } finally {
    await close();
  }
});

test('a connected volume whose delete is called off keeps its connection', async () => {
  const { blockStorage, close, manager, simulator, store } = await runManager({}, hastyClock);
  try {
    const { volumes } = blockStorage;
    const { id } = await volumes.create(context, volumeRequest());
    await manager.idle();
    await volumes.initializeConnection(context, id, compute1);
    const fault = { kind: 'status', status: 503, message: 'Busy.', match: ending, times: null } as const;
    await simulator.control.addFault('fa1', fault);
    await volumes.delete(context, id, { cascade: false, force: true });
    await expect.poll(async () => (await store.journal.list()).length, { timeout: 15_000 }).toBe(2);
    const change = { status: 'available', attachStatus: null, migrationStatus: null };
    await volumes.resetStatus(context, id, change);
    await simulator.control.clearFaults('fa1');
    // Whether the try that is under way gets through decides: nothing else ends it afterwards.
    await simulator.control.addFault('fa1', { ...fault, status: 400, message: 'Not now.' });
    await expect.poll(() => store.journal.list(), { timeout: 10_000 }).toEqual([]);
    await simulator.control.clearFaults('fa1');
    await manager.idle();
    expect((await simulator.control.state('fa1')).connections).toHaveLength(1);
  } finally {
    await close();
  }
});
