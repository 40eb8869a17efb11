/**
 * The borders that scripts/layers.ts draws: a package imports what its package.json and its layers list, files import
 * only within their own package and as its layers allow, and nothing imports in circles.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCircle, layerProblems, relativeImports } from './layer-problems.ts';
import { layers } from './layers.ts';
import { resolveRelative, root, type SourceFile, sourceFiles } from './source-files.ts';

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
      if (!(layers[file.package]?.packages ?? []).includes(target)) {
        problems.push(`${file.path}: ${file.package} must not import ${target}`);
      }
      if (specifier !== wanted) {
        problems.push(`${file.path}: ${specifier} reaches inside a package`);
      }
    }
  }
  return problems;
}

const files = sourceFiles();
const problems = files.flatMap(bordersOf);
const circle = findCircle(new Map(files.map((file) => [file.path, relativeImports(file)])));
if (circle !== null) {
  problems.push(`imports in a circle: ${circle.join(' -> ')}`);
}
for (const name of new Set(files.map((file) => file.package))) {
  if (layers[name] === undefined) {
    problems.push(`packages/${name} is not listed in scripts/layers.ts`);
  }
}
for (const [name, own] of Object.entries(layers)) {
  problems.push(...layerProblems(name, own, files));
  for (const dependency of listed(name, 'dependencies')) {
    if (dependency.startsWith(scope) && !own.packages.includes(dependency.slice(scope.length))) {
      problems.push(
        `packages/${name}/package.json lists ${dependency}, which scripts/layers.ts does not allow`,
      );
    }
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${files.length} files keep the borders`);
