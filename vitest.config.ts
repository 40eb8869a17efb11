import { defineConfig } from 'vitest/config';
import { AcceptanceReport } from './scripts/acceptance-report.ts';

export default defineConfig({
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'scripts/**/*.test.ts',
      'test/{proof,simulation,upgrade}/**/*.test.ts',
    ],
    // Most tests wait for replies more than they compute: vitest would leave one processor to itself.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    passWithNoTests: false,
    reporters: ['default', new AcceptanceReport()],
  },
});
