import { mkdir } from 'node:fs/promises';
import { CommandError, exitCode } from '../exit-code.ts';

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
