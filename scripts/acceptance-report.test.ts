import { expect, test } from 'vitest';
import { absent, driverCases, levels } from '../packages/driver/test/acceptance/levels.ts';
import { missingCases } from './acceptance-report.ts';

const everywhere = driverCases.flatMap((number) => levels.map(({ name }) => ({ case: number, level: name })));

test('with every case run at every level nothing is missing', () => {
  expect(missingCases(everywhere)).toEqual([]);
});

test('a case that is not run at one level is told, unless the level cannot run it', () => {
  const without = (number: number, level: string) =>
    missingCases(everywhere.filter((run) => run.case !== number || run.level !== level));
  expect(without(44, '1.5')).toEqual(['case 44 at REST 1.5']);
  const [row] = absent;
  expect(without(row?.case ?? 0, row?.levels[0] ?? '')).toEqual([]);
  expect(row).toBeDefined();
});
