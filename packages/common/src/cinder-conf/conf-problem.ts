/** Something in a configuration file that is not usable. Never holds the value of a secret option. */
export interface ConfProblem {
  /** Null when nothing was written where something is needed. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number | null;
  readonly section: string | null;
  readonly option: string | null;
  /** What must hold, in words that follow the option's name: `must be 0 to 100`. */
  readonly rule: string;
}

/** `cinder.conf:12: [puredriver-1] san_ip: must be set`. */
export function formatProblem(problem: ConfProblem): string {
  const where =
    problem.file === null
      ? ''
      : problem.line === null
        ? `${problem.file}: `
        : `${problem.file}:${problem.line}: `;
  const section = problem.section === null ? '' : `[${problem.section}] `;
  const option = problem.option === null ? '' : `${problem.option}: `;
  return `${where}${section}${option}${problem.rule}`;
}
