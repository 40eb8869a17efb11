import { closeSync, existsSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../errors.ts';
import { toStoreError } from './sqlite-error.ts';

/** The right to a database file, held until `release` or the end of the process, however it ends. */
export interface Ownership {
  /** The file, with links followed: every way to it leads to the same lock. */
  readonly path: string;
  /** Safe to repeat. */
  release(): void;
}

/**
 * Takes a database file for this store alone. The lock is SQLite's own, on an empty file beside the database
 * (`<path>.lock`): the operating system drops it when the process dies, which no pid file can promise, and the
 * database itself stays readable to backups. Neither file is readable to other users, for records may hold secrets.
 * @throws StoreError `busy` at once when somebody has it
 */
export function takeOwnership(path: string): Ownership {
  if (path === ':memory:') {
    return { path, release: () => undefined };
  }
  const file = resolve(path);
  const lockPath = `${file}.lock`;
  touch(lockPath);
  const lock = acquire(lockPath, path);
  try {
    touch(file);
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    path: file,
    release: () => {
      if (lock.isOpen) {
        lock.close();
      }
    },
  };
}

function resolve(path: string): string {
  try {
    return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw toStoreError(error, `cannot open ${path}`);
  }
}

/**
 * Makes the file unless it is there. A file that is there must not be opened: POSIX drops every lock a process has on
 * a file as soon as the process closes any handle to it, so a second try here would take the lock from the first.
 */
function touch(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!existsSync(path)) {
      throw toStoreError(error, `cannot open ${path}`);
    }
  }
}

function acquire(lockPath: string, path: string): DatabaseSync {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(lockPath, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const failure = toStoreError(error, `cannot lock ${path}`);
    throw failure.code === 'busy'
      ? new StoreError('busy', `${path} is in use by another process`, { cause: error })
      : failure;
  }
}
