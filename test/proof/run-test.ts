import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Milliseconds after which a run is given up: the longest file takes a minute by itself. */
const deadline = 240_000;

/**
 * Runs one file of tests in the copy.
 * @returns what vitest's JSON reporter wrote; null: it wrote nothing
 */
export async function runTest(copy: string, file: string): Promise<unknown> {
  const output = join(copy, 'node_modules', '.proof.json');
  await rm(output, { force: true });
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  const reported = ['--reporter=json', `--outputFile=${output}`];
  await end(copy, [vitest, 'run', '--root', copy, '--maxWorkers=1', ...reported, file]);
  try {
    return JSON.parse(await readFile(output, 'utf8'));
  } catch {
    return null;
  }
}

function end(copy: string, command: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: copy,
      stdio: 'ignore',
      timeout: deadline,
      killSignal: 'SIGKILL',
    });
    child.on('close', () => resolve());
    child.on('error', reject);
  });
}
