import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@cinder-flasharray/common';
import { onTestFinished } from 'vitest';
import { openStore } from '../src/open-store.ts';
import type { Store } from '../src/store.ts';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now: number;

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  wait(): Promise<void> {
    throw new Error('the store waits for nobody');
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

export const start = '2026-11-21T00:00:00.000Z';

export interface TestStore {
  readonly store: Store;
  readonly clock: ManualClock;
}

/** A store in memory, or in a file, that is closed with the test. */
export async function aStore(path = ':memory:'): Promise<TestStore> {
  const clock = new ManualClock(start);
  const store = await openStore({ path, clock });
  onTestFinished(() => store.close());
  return { store, clock };
}

/** A folder that goes with the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cinder-flasharray-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export * from './rows.ts';
