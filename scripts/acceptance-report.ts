import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { absent, driverCases, levels } from '../packages/driver/test/acceptance/levels.ts';
import { root } from './source-files.ts';

/**
 * Says, after a whole run, whether every acceptance case has been run at every level: what the table of cases promises is
 * compared with the tests that ran, and a gap fails the run. A run of some of the tests is not judged.
 */
export class AcceptanceReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = globSync('packages/driver/test/acceptance/*.test.ts', { cwd: root });
    const ran = new Set(modules.map(({ moduleId }) => moduleId));
    const runs = modules.flatMap(casesOf);
    if (files.some((file) => !ran.has(join(root, file))) || runs.some(({ isSkipped }) => isSkipped)) {
      return;
    }
    const missing = missingCases(runs);
    if (missing.length > 0) {
      process.exitCode = 1;
      console.error(`acceptance cases that nobody ran: ${missing.join(', ')}`);
    }
  }
}

/** One test of a case at a level. */
export interface CaseRun {
  readonly case: number;
  /** `1.19`, `newest`. */
  readonly level: string;
}

/** `case 44 at REST 1.5` for each that the table promises and no test has run. */
export function missingCases(runs: readonly CaseRun[]): readonly string[] {
  return driverCases.flatMap((number) =>
    levels
      .filter(({ name }) => !absent.some((row) => row.case === number && row.levels.includes(name)))
      .filter(({ name }) => !runs.some((run) => run.case === number && run.level === name))
      .map(({ name }) => `case ${number} at REST ${name}`),
  );
}

function casesOf(module: TestModule): readonly (CaseRun & { readonly isSkipped: boolean })[] {
  return [...module.children.allTests()].flatMap((test) => {
    const [, number] = /^case (\d+): /.exec(test.name) ?? [];
    const level = test.parent.type === 'suite' ? /^REST (.+)$/.exec(test.parent.name)?.[1] : undefined;
    return number === undefined || level === undefined
      ? []
      : [{ case: Number(number), level, isSkipped: test.result().state === 'skipped' }];
  });
}
