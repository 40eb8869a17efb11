import type { PackageLayers } from './layers.ts';
import { resolveRelative, type SourceFile } from './source-files.ts';

type Place =
  | { readonly kind: 'layer'; readonly name: string }
  | { readonly kind: 'top' }
  | { readonly kind: 'unlisted' };

/** What in a package's `src/` goes against its listing, and what is wrong with the listing. */
export function layerProblems(
  name: string,
  layers: PackageLayers,
  files: readonly SourceFile[],
): readonly string[] {
  const source = `packages/${name}/src/`;
  const inside = files.filter(({ path, isTest }) => path.startsWith(source) && !isTest);
  const placeOf = (path: string): Place => placeIn(layers, path.slice(source.length));
  const problems: string[] = [];
  const used = new Set<string>();
  for (const file of inside) {
    const from = placeOf(file.path);
    if (from.kind === 'unlisted') {
      problems.push(`${file.path}: its folder is not listed in scripts/layers.ts`);
      continue;
    }
    if (from.kind === 'top') {
      continue;
    }
    used.add(from.name);
    for (const target of relativeImports(file).filter((path) => path.startsWith(source))) {
      const to = placeOf(target);
      if (to.kind === 'top') {
        problems.push(`${file.path}: ${target} is at the top of the package: no folder may import it`);
      } else if (
        to.kind === 'layer' &&
        to.name !== from.name &&
        !importsOf(layers, from.name).includes(to.name)
      ) {
        problems.push(`${file.path}: ${from.name} must not import ${to.name} of ${name}`);
      }
    }
  }
  const listed = [...Object.keys(layers.folders), ...Object.keys(layers.files ?? {})];
  for (const layer of listed) {
    if (!used.has(layer)) {
      problems.push(`scripts/layers.ts: ${name} has no ${layer}`);
    }
    for (const target of importsOf(layers, layer)) {
      if (!listed.includes(target)) {
        problems.push(`scripts/layers.ts: ${layer} of ${name} may import ${target}, which is not listed`);
      }
    }
  }
  const circle = findCircle(new Map(listed.map((layer) => [layer, importsOf(layers, layer)])));
  if (circle !== null) {
    problems.push(`scripts/layers.ts: layers of ${name} in a circle: ${circle.join(' -> ')}`);
  }
  return problems;
}

/** One circle of a graph, beginning and ending with the same node; null: there is none. */
export function findCircle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const walk = (node: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(node)) {
      return [...trail.slice(trail.indexOf(node)), node];
    }
    if (done.has(node)) {
      return null;
    }
    for (const next of edges.get(node) ?? []) {
      const circle = walk(next, [...trail, node]);
      if (circle !== null) {
        return circle;
      }
    }
    done.add(node);
    return null;
  };
  for (const node of edges.keys()) {
    const circle = walk(node, []);
    if (circle !== null) {
      return circle;
    }
  }
  return null;
}

/** Paths, relative to the root, of the files of ours that a file imports by a relative name. */
export function relativeImports(file: SourceFile): readonly string[] {
  return file.imports.filter((name) => name.startsWith('.')).map((name) => resolveRelative(file.path, name));
}

/** @param path relative to `src/` */
function placeIn(layers: PackageLayers, path: string): Place {
  const slash = path.lastIndexOf('/');
  if (slash < 0) {
    return layers.files?.[path] === undefined ? { kind: 'top' } : { kind: 'layer', name: path };
  }
  const listed = Object.keys(layers.folders).filter((folder) => path.startsWith(`${folder}/`));
  const [nearest] = listed.toSorted((one, other) => other.length - one.length);
  return nearest === undefined ? { kind: 'unlisted' } : { kind: 'layer', name: nearest };
}

function importsOf(layers: PackageLayers, layer: string): readonly string[] {
  return layers.folders[layer] ?? layers.files?.[layer]?.imports ?? [];
}
