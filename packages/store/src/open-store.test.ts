import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@cinder-flasharray/common';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aFolder, aSnapshot, aStore, aVolume, id, projectA } from '../test/fixtures.ts';
import { openStore } from './open-store.ts';

const child = fileURLToPath(new URL('../test/child.ts', import.meta.url));

/** Starts a process that owns the database, and waits until it does. */
async function aProcess(path: string, mode = ''): Promise<ChildProcess> {
  const started = spawn(process.execPath, [child, path, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    started.kill('SIGKILL');
  });
  await new Promise<void>((resolve, reject) => {
    const errors: Buffer[] = [];
    started.stderr.on('data', (data: Buffer) => errors.push(data));
    started.stdout.once('data', () => resolve());
    started.once('exit', () => reject(new Error(Buffer.concat(errors).toString())));
  });
  return started;
}

async function killed(started: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    started.removeAllListeners('exit');
    started.once('exit', () => resolve());
    started.kill('SIGKILL');
  });
}

function newPath(): string {
  return join(aFolder(), 'state.sqlite');
}

describe('a database', () => {
  test('has everything again after it was closed and opened', async () => {
    const path = newPath();
    const first = await aStore(path);
    const volume = await first.store.volumes.insert(aVolume(1, { metadata: { a: 'b' } }));
    const snapshot = await first.store.snapshots.insert(aSnapshot(2, 1, { metadata: { c: 'd' } }));
    const entry = await first.store.journal.add({
      operation: 'create_volume',
      resourceId: id(1),
      details: { step: 1 },
      owner: null,
    });
    await first.store.close();

    const { store } = await aStore(path);
    expect(await store.volumes.get(id(1))).toEqual(volume);
    expect(await store.snapshots.get(id(2))).toEqual(snapshot);
    expect(await store.journal.list()).toEqual([entry]);
  });

  test('is not changed by opening it again', async () => {
    const path = newPath();
    await (await aStore(path)).store.close();
    const before = readFileSync(path);
    await (await aStore(path)).store.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is for its owner alone to read', async () => {
    const path = newPath();
    const { store } = await aStore(path);
    await store.volumes.insert(aVolume(1));
    for (const name of readdirSync(join(path, '..'))) {
      expect(statSync(join(path, '..', name)).mode & 0o077, name).toBe(0);
    }
  });

  test('runs with a write-ahead log, full synchronisation and foreign keys', async () => {
    const path = newPath();
    const { store } = await aStore(path);
    using database = new DatabaseSync(path);
    expect({ ...database.prepare('PRAGMA journal_mode').get() }).toEqual({ journal_mode: 'wal' });
    await expect(store.snapshots.insert(aSnapshot(1, 99))).rejects.toMatchObject({ code: 'constraint' });
  });

  test('that is a folder, or in a folder that is not there, cannot be opened', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'state.sqlite'));
    for (const path of [join(folder, 'state.sqlite'), join(folder, 'nowhere', 'state.sqlite')]) {
      await expect(openStore({ path, clock: systemClock })).rejects.toMatchObject({
        name: 'StoreError',
        code: 'failure',
        message: expect.stringContaining(path),
      });
    }
  });
});

describe('a store that is closed', () => {
  test('refuses what comes after, and can be closed again', async () => {
    const { store } = await aStore();
    await store.close();
    await store.close();
    await expect(store.volumes.get(id(1))).rejects.toMatchObject({ code: 'closed' });
    await expect(store.transaction(async () => undefined)).rejects.toMatchObject({ code: 'closed' });
  });

  test('first finishes what was asked for', async () => {
    const path = newPath();
    const { store } = await aStore(path);
    const work = store.transaction(async (records) => {
      await records.volumes.insert(aVolume(1));
      await records.volumes.insert(aVolume(2));
    });
    const queued = store.volumes.insert(aVolume(3));
    await store.close();
    await work;
    await queued;
    const again = await aStore(path);
    const found = await again.store.volumes.list(
      { projectId: projectA },
      { sort: [{ key: 'id', direction: 'asc' }], limit: 10, offset: 0, marker: null },
    );
    expect(found).toMatchObject({ rows: [{ id: id(1) }, { id: id(2) }, { id: id(3) }] });
  });
});

describe('a file of somebody else is refused and left as it is:', () => {
  test.each([
    [
      'another revision',
      "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('9c74c1c6971f')",
      /schema 9c74c1c6971f; this release works on c92a3e68beed/,
    ],
    ['no revision', 'CREATE TABLE alembic_version (version_num)', /schema \(none\); this release works on/],
    ['tables without a revision', 'CREATE TABLE volumes (id)', /not a Cinder database/],
    [
      'the revision without the tables',
      "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('c92a3e68beed')",
      /lacks tables of Cinder: services, /,
    ],
  ])('%s', async (_, sql, message) => {
    const path = newPath();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    const before = readFileSync(path);
    await expect(openStore({ path, clock: systemClock })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'schema',
      message: expect.stringMatching(message),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('something that is no database', async () => {
    const path = newPath();
    writeFileSync(
      path,
      'A text that is by far long enough to be taken for the header of a database. '.repeat(20),
    );
    const before = readFileSync(path);
    await expect(openStore({ path, clock: systemClock })).rejects.toMatchObject({ code: 'schema' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('one of a newer release of ours', async () => {
    const path = newPath();
    await (await aStore(path)).store.close();
    const database = new DatabaseSync(path);
    database.exec('UPDATE flasharray_schema SET version = 1000');
    database.close();
    await expect(openStore({ path, clock: systemClock })).rejects.toMatchObject({
      code: 'schema',
      message: expect.stringContaining('newer release (flasharray_schema 1000'),
    });
  });
});

describe('one owner', () => {
  test('keeps a second store of the same process out until it closes', async () => {
    const path = newPath();
    const { store } = await aStore(path);
    const link = join(aFolder(), 'link.sqlite');
    symlinkSync(path, link);
    for (const way of [path, join(path, '..', '.', 'state.sqlite'), link]) {
      await expect(openStore({ path: way, clock: systemClock })).rejects.toMatchObject({
        name: 'StoreError',
        code: 'busy',
        message: `${way} is in use by another process`,
      });
    }
    await store.close();
    await (await aStore(path)).store.close();
  });

  test('keeps another process out, also after a second try of its own', async () => {
    const path = newPath();
    await aStore(path);
    await expect(openStore({ path, clock: systemClock })).rejects.toMatchObject({ code: 'busy' });
    await expect(aProcess(path)).rejects.toThrow(/is in use by another process/);
  });

  test('lets go when its process is killed', async () => {
    const path = newPath();
    const owner = await aProcess(path);
    await expect(openStore({ path, clock: systemClock })).rejects.toMatchObject({
      code: 'busy',
      message: `${path} is in use by another process`,
    });
    await killed(owner);
    await aStore(path);
  });

  test('that is killed in the middle of a transaction leaves the state before it', async () => {
    const path = newPath();
    await killed(await aProcess(path, 'middle'));
    const { store } = await aStore(path);
    expect((await store.volumes.get(id(1)))?.displayName).toBe('volume 1');
    expect(await store.volumes.get(id(2))).toBeNull();
  });
});
