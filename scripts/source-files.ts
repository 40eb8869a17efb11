import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** A TypeScript file of a package, with what it imports. */
export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly package: string;
  /** Tests, benchmarks and what only they use may import devDependencies. */
  readonly isTest: boolean;
  readonly imports: readonly string[];
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'|(?:^|[^\w.])import\(\s*'([^']+)'\s*\)|(?:^|\n)\s*import\s+'([^']+)'/g;

/** Every TypeScript file under `packages/`. */
export function sourceFiles(): readonly SourceFile[] {
  return globSync('packages/*/{src,test,bench}/**/*.ts', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const [, name = '', folder = ''] = path.split('/');
      const imports = [...text.matchAll(importPattern)].map(([, a, b, c]) => a ?? b ?? c ?? '');
      return { path, package: name, isTest: folder !== 'src' || path.endsWith('.test.ts'), imports };
    });
}

/** The file a relative import names, relative to the root. */
export function resolveRelative(from: string, specifier: string): string {
  return relative(root, resolve(root, dirname(from), specifier)).replaceAll('\\', '/');
}
