import { expect, onTestFinished, test } from 'vitest';
import { context, hastyClock, type RunningManager, runManager, volumeRequest } from './running-manager.ts';

/** What SQLite throws when the disk is full (result code 13). */
class DiskFullError extends Error {
  readonly code = 'ERR_SQLITE_ERROR';
  readonly errcode = 13;

  constructor() {
    super('database or disk is full');
  }
}

/** A disk that can be full: then the database takes no change. */
class Disk {
  isFull = false;
  /** It is full from this statement on; null: from none. */
  fillsAt: RegExp | null = null;
  /** Changes that it did not take. */
  refused = 0;

  readonly beforeStatement = (sql: string): void => {
    if (this.fillsAt?.test(sql) === true) {
      this.isFull = true;
      this.fillsAt = null;
    }
    if (this.isFull && /^(insert|update|delete)/i.test(sql)) {
      this.refused += 1;
      throw new DiskFullError();
    }
  };
}

async function aManager(disk: Disk): Promise<RunningManager> {
  const { beforeStatement } = disk;
  const running = await runManager({}, hastyClock, { beforeStatement });
  onTestFinished(running.close);
  return running;
}

test('what an array has made is recorded when the full disk has room again', async () => {
  const disk = new Disk();
  const { blockStorage, manager, store, simulator } = await aManager(disk);
  const hold = await simulator.control.armHold('fa1', {
    match: { method: 'POST', path: '/^volumes$/' },
    phase: 'before-reply',
  });
  const { id } = await blockStorage.volumes.create(context, volumeRequest());
  await simulator.control.waitForHold('fa1', hold.id, 5_000);
  disk.isFull = true;
  await simulator.control.releaseHold('fa1', hold.id, 'continue');
  await expect.poll(() => disk.refused).toBeGreaterThan(2);
  expect(await manager.health()).toMatchObject({
    healthy: false,
    reasons: [expect.stringContaining('the database cannot be written: ')],
  });
  disk.isFull = false;
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  expect(await store.journal.list()).toEqual([]);
  expect((await manager.health()).healthy).toBe(true);
});

test('work that cannot be put on record waits until the full disk has room again', async () => {
  const disk = new Disk();
  const { blockStorage, manager, store } = await aManager(disk);
  disk.fillsAt = /^update "volumes" set .*"provider_id"/i;
  const { id } = await blockStorage.volumes.create(context, volumeRequest());
  await expect.poll(() => disk.refused).toBeGreaterThan(1);
  expect(await store.volumes.get(id)).toMatchObject({ status: 'creating' });
  disk.isFull = false;
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  expect(await store.journal.list()).toEqual([]);
});
