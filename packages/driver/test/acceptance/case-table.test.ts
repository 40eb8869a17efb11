import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { absent, casesElsewhere, driverCases, levelNames } from './levels.ts';

/** Cases this release owes, by number, written down from the list of acceptance cases. */
const owed = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
  30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56,
  57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83,
  84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95,
];

test('every owed case is in the table, as run here or elsewhere', () => {
  const listed = [...driverCases, ...Object.keys(casesElsewhere).map(Number)].sort((a, b) => a - b);
  expect(listed).toEqual(owed);
});

test('every case of the table is declared in a test file, and none that the table does not have', () => {
  const numbers = globSync('*.test.ts', { cwd: import.meta.dirname })
    .flatMap((file) => [
      ...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/^acceptanceCase\(\s*(\d+),/gm),
    ])
    .map(([, number]) => Number(number));
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([...driverCases]);
});

test('what is absent names a case and levels of the table, a reason and its source', () => {
  for (const row of absent) {
    expect(driverCases).toContain(row.case);
    expect(levelNames).toEqual(expect.arrayContaining([...row.levels]));
    expect(row.reason.length).toBeGreaterThan(10);
    expect(row.source.length).toBeGreaterThan(5);
  }
});
