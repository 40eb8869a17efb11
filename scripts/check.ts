/** Everything CI checks beside the tests: `npm run check`. Does all of it, and fails when any of it fails. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (...parts: string[]): string => join(root, 'node_modules', ...parts);
const biome = [
  bin('@biomejs', 'biome', 'bin', 'biome'),
  'check',
  '--reporter=concise',
  '--diagnostic-level=warn',
];

const steps: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format and lint', command: [...biome, '.'] },
  { name: 'types', command: [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', root] },
  { name: 'package borders', command: [join(root, 'scripts', 'check-borders.ts')] },
  { name: 'words', command: [join(root, 'scripts', 'check-words.ts')] },
  { name: 'generated docs', command: [join(root, 'scripts', 'generate-docs.ts'), '--check'] },
  { name: 'dead code and undeclared imports', command: [bin('knip', 'bin', 'knip.js')] },
];

const failed: string[] = [];
for (const { name, command } of steps) {
  console.log(`== ${name}`);
  const { status, error } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (error !== undefined || status !== 0) {
    failed.push(error === undefined ? name : `${name} (${error.message})`);
  }
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`);
  process.exit(1);
}
console.log('all checks passed');
