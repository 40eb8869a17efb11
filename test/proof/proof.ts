import type { TestReference } from '../../scripts/docs/seed-coverage.ts';
import type { Edit } from './edit.ts';

/** A promise, how to break it, and the test that must fail then. */
export interface Proof {
  /**
   * What it stands for: `D13` of the Python driver's defects, `case 44` of the acceptance cases, the beginning of a line
   * of "What must hold" in docs/reliability.md, or a promise in words of its own.
   */
  readonly claims: readonly string[];
  /** Together they are one mistake, which type-checks. */
  readonly edits: readonly Edit[];
  /** All tests of the file whose titles begin so; one of them at least must fail on an assertion. */
  readonly test: TestReference;
}

export const edit = (file: string, text: string, replacement: string): Edit => ({ file, text, replacement });
