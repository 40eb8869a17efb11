/** Everything CI checks beside the tests: `npm run check`. Stops at the first failure, with its exit code. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (...parts: string[]): string => join(root, 'node_modules', ...parts);

const steps: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format and lint', command: [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.'] },
  { name: 'types', command: [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', root] },
  { name: 'package borders', command: [join(root, 'scripts', 'check-borders.ts')] },
  { name: 'words', command: [join(root, 'scripts', 'check-words.ts')] },
  { name: 'dead code and undeclared imports', command: [bin('knip', 'bin', 'knip.js')] },
];

for (const { name, command } of steps) {
  console.log(`== ${name}`);
  const { status, error } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (error !== undefined || status !== 0) {
    console.error(`check failed: ${name}${error === undefined ? '' : `: ${error.message}`}`);
    process.exit(status ?? 1);
  }
}
console.log('all checks passed');
