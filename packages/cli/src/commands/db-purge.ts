import { access } from 'node:fs/promises';
import type { CommandIo } from '../command-io.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { openState } from '../service/open-state.ts';
import { loadConfig, type ServeOptions } from './serve.ts';

export interface DbPurgeOptions extends ServeOptions {
  /** Rows that were deleted longer ago go; 0: all that are deleted. */
  readonly ageInDays: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Removes rows for good that were deleted long ago, as `cinder-manage db purge` does, and says how many of which table.
 * @throws CommandError `busy` while a service runs on the database
 */
export async function dbPurge(options: DbPurgeOptions, io: CommandIo): Promise<number> {
  const config = await loadConfig(options, io);
  try {
    await access(config.databasePath);
  } catch (error) {
    throw new CommandError(
      exitCode.failure,
      `There is no database ${config.databasePath}.`,
      'Name the cinder.conf of the service with --config-file.',
      error,
    );
  }
  const store = await openState(config);
  try {
    const deletedBefore = new Date(options.now - options.ageInDays * 86_400_000);
    const rows = await store.purgeDeleted({ deletedBefore, most: Number.POSITIVE_INFINITY });
    if (io.interactive) {
      const lines = Object.entries(rows).map(([table, count]) => `${table}  ${count}`);
      io.out(lines.length === 0 ? 'No rows are that old.' : lines.join('\n'));
    } else {
      io.out(JSON.stringify({ event: 'purged', database: config.databasePath, rows }));
    }
    return exitCode.ok;
  } finally {
    await store.close();
  }
}
