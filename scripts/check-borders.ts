/**
 * The packages' borders: a package imports what its package.json lists and the arrows allow, files import only within
 * their own package, and nothing imports in circles.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveRelative, root, type SourceFile, sourceFiles } from './source-files.ts';

/** Who may import whom in `src/`, tests aside. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  common: [],
  flasharray: ['common'],
  simulator: [],
  driver: ['common', 'flasharray'],
  store: ['common'],
  'volume-manager': ['common', 'driver', 'store'],
  api: ['common', 'store', 'volume-manager'],
  cli: ['api', 'common', 'driver', 'simulator', 'store', 'volume-manager'],
};
const scope = '@cinder-flasharray/';

function listed(name: string, field: 'dependencies' | 'devDependencies'): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  const names: unknown =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, field) : undefined;
  return typeof names === 'object' && names !== null ? Object.keys(names) : [];
}

/** `@scope/name/deep` and `name/deep` without what is inside the package. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function bordersOf(file: SourceFile): readonly string[] {
  const problems: string[] = [];
  for (const specifier of file.imports) {
    if (specifier.startsWith('node:')) {
      continue;
    }
    if (specifier.startsWith('.')) {
      if (!resolveRelative(file.path, specifier).startsWith(`packages/${file.package}/`)) {
        problems.push(`${file.path}: ${specifier} leaves the package`);
      }
      continue;
    }
    const wanted = packageOf(specifier);
    const rootTool = file.isTest && (wanted === 'vitest' || wanted === 'fast-check');
    const may = [
      ...listed(file.package, 'dependencies'),
      ...(file.isTest ? listed(file.package, 'devDependencies') : []),
    ];
    if (!rootTool && !may.includes(wanted)) {
      problems.push(`${file.path}: ${wanted} is not in packages/${file.package}/package.json`);
    }
    if (wanted.startsWith(scope) && !file.isTest) {
      const target = wanted.slice(scope.length);
      if (!(arrows[file.package] ?? []).includes(target)) {
        problems.push(`${file.path}: ${file.package} must not import ${target}`);
      }
      if (specifier !== wanted) {
        problems.push(`${file.path}: ${specifier} reaches inside a package`);
      }
    }
  }
  return problems;
}

/** Rules of one model, which refer to one another by nature: circles of functions in there are no circle of layers. */
const oneRoom = 'packages/simulator/src/model/';

/** One circle of relative imports, or null. */
function findCircle(files: readonly SourceFile[]): readonly string[] | null {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter((name) => name.startsWith('.'))
        .map((name) => resolveRelative(file.path, name))
        .filter((target) => !(file.path.startsWith(oneRoom) && target.startsWith(oneRoom))),
    ]),
  );
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(path)) {
      return [...trail.slice(trail.indexOf(path)), path];
    }
    if (done.has(path)) {
      return null;
    }
    for (const next of edges.get(path) ?? []) {
      const circle = walk(next, [...trail, path]);
      if (circle !== null) {
        return circle;
      }
    }
    done.add(path);
    return null;
  };
  for (const path of edges.keys()) {
    const circle = walk(path, []);
    if (circle !== null) {
      return circle;
    }
  }
  return null;
}

const files = sourceFiles();
const problems = files.flatMap(bordersOf);
const circle = findCircle(files);
if (circle !== null) {
  problems.push(`imports in a circle: ${circle.join(' -> ')}`);
}
for (const name of Object.keys(arrows)) {
  for (const dependency of listed(name, 'dependencies')) {
    if (dependency.startsWith(scope) && !(arrows[name] ?? []).includes(dependency.slice(scope.length))) {
      problems.push(`packages/${name}/package.json lists ${dependency}, which the arrows do not allow`);
    }
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${files.length} files keep the borders`);
