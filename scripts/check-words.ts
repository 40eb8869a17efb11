/** What must not be in the repository: machine paths, download addresses in the lock file, escapes from the rules. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root } from './source-files.ts';

const rules: readonly { readonly name: string; readonly pattern: RegExp; readonly files: RegExp }[] = [
  { name: 'a machine path', pattern: /(^|[^A-Za-z0-9_.])\/(work|farm|root)\//, files: /./ },
  {
    name: 'an escape from the types',
    pattern: /@ts-(ignore|expect-error|nocheck)|\bas any\b|\bas unknown as\b/,
    files: /\.ts$/,
  },
  { name: 'unfinished work', pattern: /\b(TODO|FIXME|XXX|HACK)\b/, files: /\.(ts|mjs|md)$/ },
  {
    name: 'a focused or skipped test',
    pattern: /\b(test|describe|it)\.(only|skip|todo)\(/,
    files: /\.test\.ts$/,
  },
];
const own = 'scripts/check-words.ts';

const tracked = filesToCheck().filter((path) => path !== own && path !== 'package-lock.json');

const problems: string[] = [];
for (const path of tracked) {
  if (['.png', '.ico'].includes(extname(path))) {
    continue;
  }
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  for (const { name, pattern, files } of rules) {
    if (files.test(path)) {
      lines.forEach((line, index) => {
        if (pattern.test(line)) {
          problems.push(`${path}:${index + 1}: ${name}`);
        }
      });
    }
  }
}
if (readFileSync(join(root, 'package-lock.json'), 'utf8').includes('"resolved": "http')) {
  problems.push(
    'package-lock.json records download addresses: regenerate it with omit-lockfile-registry-resolved',
  );
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${tracked.length} files keep the rules`);

/** What git tracks or would; without git, as in an unpacked archive, everything but what npm and the service make. */
function filesToCheck(): readonly string[] {
  const git = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  const paths =
    git.status === 0
      ? git.stdout.split('\0').filter((path) => path !== '')
      : globSync('**', { cwd: root, exclude: ['**/node_modules', 'var', '.git'] });
  return paths.filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true);
}
