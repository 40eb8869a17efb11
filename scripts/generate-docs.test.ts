import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FlashArrayDriver } from '../packages/driver/src/backend/flash-array-driver.ts';
import { ciWikiName, driverClasses } from '../packages/driver/src/config/driver-class.ts';
import {
  aVolume,
  baseConfig,
  LogCapture,
  MemorySecrets,
} from '../packages/driver/test/acceptance/harness.ts';
import { coverage, type TestReference } from './docs/seed-coverage.ts';
import { defects } from './docs/upstream-defects.ts';
import { generatedDocs } from './generate-docs.ts';
import { root } from './source-files.ts';

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('generated pages', () => {
  test.each(generatedDocs().map(({ path, text }) => [path, text] as const))(
    '%s is what scripts/generate-docs.ts writes',
    (path, text) => {
      expect(textOf(path)).toBe(text);
    },
  );
});

test('every test that a page refers to exists, and its title begins as the page says', () => {
  const references: readonly TestReference[] = [...coverage, ...defects].flatMap(({ tests }) => tests);
  const missing = references.filter(({ file, title }) => !beginsTitle(textOf(file), title));
  expect(missing).toEqual([]);
});

test('words in the middle of a title, or in a comment, name no test', () => {
  const text =
    "// a lost array\ntest('a lost array is found', () => {});\nacceptanceCase(\n  7,\n  `case %s comes back`,";
  expect(['a lost array is', 'case %s comes'].map((title) => beginsTitle(text, title))).toEqual([true, true]);
  expect(['lost array is found', 'array'].map((title) => beginsTitle(text, title))).toEqual([false, false]);
});

/** Whether a text, an argument of a call in the source, begins with these words. */
function beginsTitle(source: string, title: string): boolean {
  return [...source.matchAll(/[(,:]\s*['"`]/g)].some(({ index, 0: { length } }) =>
    source.startsWith(title, index + length),
  );
}

describe('coverage of the documented driver', () => {
  test('every symbol of ours exists, and has a test', () => {
    for (const { documented, ours, tests } of coverage) {
      expect(textOf(ours.file), documented).toContain(ours.name);
      expect(tests.length, documented).toBeGreaterThan(0);
    }
  });

  const seeds = join(root, '..', 'shared', 'seeds');
  test.runIf(existsSync(seeds))('the list is that of the module page', () => {
    const module = readdirSync(seeds)
      .map((file) => readFileSync(join(seeds, file), 'utf8'))
      .find((text) => text.includes('class PureBaseVolumeDriver('));
    expect(coverage.map(({ documented }) => documented).toSorted()).toEqual(
      documentedNames(module ?? '').toSorted(),
    );
  });
});

/** Classes, their constants and methods, and functions of a module page, as `Class.member`. */
function documentedNames(text: string): readonly string[] {
  const names: string[] = [];
  let owner: string | null = null;
  for (const line of text.split('\n')) {
    const [, className] = /^class (\w+)\(/.exec(line) ?? [];
    const [, member] = /^(\w+)(?:\(.*\)|\s=\s.+)$/.exec(line) ?? [];
    if (className !== undefined) {
      owner = className;
      names.push(className);
    } else if (member !== undefined) {
      // The one function stands after the classes; its argument is the function it wraps.
      names.push(owner === null || line.endsWith('(f)') ? member : `${owner}.${member}`);
    }
  }
  return [...new Set(names)];
}

test('constants of the documented driver', () => {
  expect(ciWikiName).toBe('Pure_Storage_CI');
  expect(Object.values(driverClasses).map(({ name, version }) => `${name} ${version}`)).toEqual([
    'PureISCSIDriver 22.0.iscsi',
    'PureFCDriver 22.0.fc',
    'PureNVMEDriver 22.0.nvme',
  ]);
});

test('exports are no work, even for a driver that is not set up', async () => {
  const driver = new FlashArrayDriver({
    config: baseConfig('127.0.0.1:1', '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9'),
    secrets: new MemorySecrets(),
    locks: { run: (_key, work) => work(), runAll: (_keys, work) => work() },
    logger: new LogCapture(),
    clock: { now: () => 0, elapsed: () => 0, wait: async () => undefined },
    randomInteger: () => 0,
    randomUuid: () => '11111111-1111-4111-8111-111111111111',
    platform: 'test',
  });
  expect(driver.names.intendedVolume(aVolume(1))).toBe(`volume-${aVolume(1).id}-cinder`);
  await expect(driver.exports.ensure(aVolume(1))).resolves.toBeUndefined();
  await expect(driver.exports.create(aVolume(1), {})).resolves.toBeUndefined();
  await expect(driver.exports.remove(aVolume(1))).resolves.toBeUndefined();
});

describe('defects of the Python driver', () => {
  test('are all fifty, in order', () => {
    expect(defects.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => `D${index + 1}`));
  });

  test('each has a test that shows it gone', () => {
    expect(defects.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });
});
