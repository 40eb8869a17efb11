import type { WorldOptions, WorldReport } from './world.ts';

/** What kind of promise a finding says was broken: `wrong-quota` of `[wrong-quota] ...`. */
export function categoryOf(finding: string): string {
  return /^\[([^\]]+)\]/.exec(finding)?.[1] ?? 'other';
}

/**
 * Leaves out operations as long as the world still breaks a promise of the same kind.
 * @param run runs a world
 * @param most worlds to try
 * @returns the numbers of the operations that are needed, and the world with them alone
 */
export async function shorten(
  options: WorldOptions,
  category: string,
  run: (options: WorldOptions) => Promise<WorldReport>,
  most = 60,
): Promise<{ readonly needed: readonly number[]; readonly report: WorldReport }> {
  // The operator's actions are numbered after the clients'.
  const all = Array.from({ length: options.operations + 40 }, (_, index) => index + 1);
  let needed: readonly number[] = all.filter((number) => !options.skip.has(number));
  let report = await run(options);
  let tries = 1;
  for (let size = Math.ceil(needed.length / 2); size >= 1 && tries < most; size = Math.floor(size / 2)) {
    for (let start = 0; start < needed.length && tries < most; ) {
      const left = needed.filter((_, index) => index < start || index >= start + size);
      const shorter = await run({ ...options, skip: without(all, left), traceLines: 100_000 });
      tries += 1;
      if (shorter.findings.some((finding) => categoryOf(finding) === category)) {
        needed = left;
        report = shorter;
      } else {
        start += size;
      }
    }
  }
  return { needed, report };
}

function without(all: readonly number[], left: readonly number[]): ReadonlySet<number> {
  const kept = new Set(left);
  return new Set(all.filter((number) => !kept.has(number)));
}
