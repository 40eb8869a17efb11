import { expect, test } from 'vitest';
import { layerProblems } from './layer-problems.ts';
import type { PackageLayers } from './layers.ts';
import type { SourceFile } from './source-files.ts';

const house: PackageLayers = {
  packages: [],
  folders: { low: ['error.ts'], 'low/deep': [], high: ['low'] },
  files: { 'error.ts': { imports: [], because: 'every folder throws it' } },
};

function file(path: string, ...imports: readonly string[]): SourceFile {
  return { path: `packages/house/src/${path}`, package: 'house', isTest: path.endsWith('.test.ts'), imports };
}

const kept: readonly SourceFile[] = [
  file('index.ts', './high/roof.ts', './low/floor.ts'),
  file('error.ts'),
  file('low/floor.ts', '../error.ts', './plank.ts'),
  file('low/deep/cellar.ts'),
  file('high/roof.ts', '../low/floor.ts', 'node:path'),
  file('low/floor.test.ts', '../high/roof.ts'),
];

test('imports that are listed, and tests, are no problem', () => {
  expect(layerProblems('house', house, kept)).toEqual([]);
});

test.each<readonly [string, SourceFile, string]>([
  [
    'an import upward',
    file('low/bad.ts', '../high/roof.ts'),
    'packages/house/src/low/bad.ts: low must not import high of house',
  ],
  [
    'a sub-folder that is listed is a layer of its own',
    file('low/bad.ts', './deep/cellar.ts'),
    'packages/house/src/low/bad.ts: low must not import low/deep of house',
  ],
  [
    'a low file must be listed to be imported',
    file('high/bad.ts', '../error.ts'),
    'packages/house/src/high/bad.ts: high must not import error.ts of house',
  ],
  [
    'the top of the package',
    file('high/bad.ts', '../index.ts'),
    'packages/house/src/high/bad.ts: packages/house/src/index.ts is at the top of the package: no folder may import it',
  ],
  [
    'a folder that is not listed',
    file('attic/bad.ts'),
    'packages/house/src/attic/bad.ts: its folder is not listed in scripts/layers.ts',
  ],
])('%s fails', (_, bad, problem) => {
  expect(layerProblems('house', house, [...kept, bad])).toEqual([problem]);
});

test('a sub-folder that is not listed belongs to the folder above it', () => {
  const nested = file('high/inner/beam.ts', '../../low/floor.ts');
  expect(layerProblems('house', house, [...kept, nested])).toEqual([]);
});

test('layers in a circle, layers that are not there and names that are no layer fail', () => {
  const wrong: PackageLayers = {
    ...house,
    folders: { low: ['error.ts', 'high'], 'low/deep': ['gone'], high: ['low'], attic: [] },
  };
  expect(layerProblems('house', wrong, kept)).toEqual([
    'scripts/layers.ts: low/deep of house may import gone, which is not listed',
    'scripts/layers.ts: house has no attic',
    'scripts/layers.ts: layers of house in a circle: low -> high -> low',
  ]);
});
