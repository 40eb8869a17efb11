import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, exitCode } from './exit-code.ts';

/** `var/` of the checkout, unless `CINDER_FLASHARRAY_STATE` names another folder. */
export function defaultStateFolder(): string {
  return process.env.CINDER_FLASHARRAY_STATE ?? join(import.meta.dirname, '..', '..', '..', 'var');
}

/** The simulator's part of a state folder. */
export function simulatorFolder(state: string): string {
  return join(state, 'simulator');
}

/** @throws CommandError when the folder cannot be made */
export async function makeStateFolder(state: string): Promise<void> {
  try {
    await mkdir(state, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CommandError(
      exitCode.failure,
      `Cannot make the state folder ${state}: ${error instanceof Error ? error.message : String(error)}`,
      'Name a folder that can be written, with --state.',
      error,
    );
  }
}
