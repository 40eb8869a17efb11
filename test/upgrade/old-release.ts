import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const ours = '@cinder-flasharray';

/**
 * Puts the tree of a commit into an empty folder, so that it runs: with the libraries of this tree, and the packages of
 * its own.
 * @returns the file of its command
 */
export function checkOut(commit: string, folder: string): string {
  const tree = execFileSync('git', ['archive', commit, 'packages', 'package.json'], {
    cwd: root,
    maxBuffer: 2 ** 28,
  });
  execFileSync('tar', ['-x', '-C', folder], { input: tree });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, ours), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== ours && !name.startsWith('.')) {
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
  }
  for (const name of readdirSync(join(folder, 'packages'))) {
    symlinkSync(join(folder, 'packages', name), join(modules, ours, name));
  }
  return join(folder, 'packages', 'cli', 'src', 'main.ts');
}
