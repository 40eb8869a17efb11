import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '@cinder-flasharray/common';
import { openStore, type Store, StoreError } from '@cinder-flasharray/store';
import type { ServiceConfig } from '../config/service-config.ts';
import { CommandError, exitCode } from '../exit-code.ts';

/**
 * Opens the database for this process alone, making it at first use.
 * @throws CommandError `busy` when another process owns it
 */
export async function openState(config: Pick<ServiceConfig, 'databasePath'>): Promise<Store> {
  const { databasePath } = config;
  try {
    await mkdir(dirname(databasePath), { recursive: true, mode: 0o700 });
    return await openStore({ path: databasePath, clock: systemClock });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'busy') {
      throw new CommandError(
        exitCode.busy,
        `Another process owns the database ${databasePath}.`,
        'End the other service first, or give this one a database of its own with [database] connection.',
        error,
      );
    }
    if (error instanceof StoreError && error.code === 'schema') {
      throw new CommandError(
        exitCode.failure,
        `Cannot use the database: ${error.message}. Nothing in it was changed.`,
        'Run a release that knows it, or give this one a database of its own with [database] connection or state_path.',
        error,
      );
    }
    throw new CommandError(
      exitCode.failure,
      `Cannot open the database ${databasePath}: ${error instanceof Error ? error.message : String(error)}`,
      'Check that the folder can be written, or set [database] connection or state_path.',
      error,
    );
  }
}
