/** `npm run prove`: breaks each promise, and looks whether its test fails. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Random } from '../simulation/random.ts';
import { allClaims, withoutProof } from './claims.ts';
import { applyEdits } from './edit.ts';
import { judge } from './judge.ts';
import type { Proof } from './proof.ts';
import { allProofs } from './proofs/all-proofs.ts';
import { runTest } from './run-test.ts';
import { root, ScratchCopy } from './scratch-copy.ts';
import { typeProblems } from './type-check.ts';

const usage = `npm run prove -- [options]

Breaks each promise that has a proof, one at a time, by an edit of a few words in a copy of the project, and runs the file
of the test that is named for it: the test must fail on an assertion, and at most a few others with it. Prints a line for
each, those that stay green once more, and "prove: N of N go red". Ends with 1 when one stays green, does not apply or
does not type-check.

  --claim WORDS      only proofs of a claim that begins so: D13, "case 44", "members of groups"
  --file WORDS       only proofs whose edits or tests are in files with these words in their path
  --changed COMMIT   only proofs whose edits or tests are in files that differ from that commit, and --sample of the rest
  --sample N         so many of all, or of the rest, drawn by chance
  --seed N           draws the same sample again
  --jobs N           copies to work in at a time (default: the number of processors)
  --missing          lists the defects, cases and promises that have no proof, and ends with 1 if there is one
  --help
`;

interface Arguments {
  readonly claim: string | null;
  readonly file: string | null;
  readonly changed: string | null;
  readonly sample: number | null;
  readonly seed: number;
  readonly jobs: number;
  readonly missing: boolean;
}

interface Outcome {
  readonly proof: Proof;
  readonly isRed: boolean;
  readonly reason: string;
}

/** @throws Error that says which option is wrong */
function readArguments(args: readonly string[]): Arguments | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      claim: { type: 'string' },
      file: { type: 'string' },
      changed: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      missing: { type: 'boolean', default: false },
    },
  });
  return values.help
    ? null
    : {
        claim: values.claim ?? null,
        file: values.file ?? null,
        changed: values.changed ?? null,
        sample: values.sample === undefined ? null : whole('sample', values.sample),
        seed: values.seed === undefined ? randomInt(2 ** 31) : whole('seed', values.seed),
        jobs: values.jobs === undefined ? availableParallelism() : Math.max(1, whole('jobs', values.jobs)),
        missing: values.missing,
      };
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Error(`--${option} is not a whole number: ${text}`);
  }
  return value;
}

/** What the arguments choose, in the order of the list. */
function chosen(args: Arguments): readonly Proof[] {
  const { claim, file } = args;
  const asked = allProofs.filter(
    ({ claims, edits, test }) =>
      (claim === null || claims.some((one) => one === claim || one.startsWith(`${claim} `))) &&
      (file === null || [test, ...edits].some((one) => one.file.includes(file))),
  );
  const changed = args.changed === null ? null : changedFiles(args.changed);
  const touched = asked.filter(
    ({ edits, test }) => changed?.has(test.file) === true || edits.some((one) => changed?.has(one.file)),
  );
  if (args.changed === null && args.sample === null) {
    return asked;
  }
  const random = new Random(args.seed);
  const rest = asked
    .filter((proof) => !touched.includes(proof))
    .map((proof) => ({ proof, order: random.fraction() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, args.sample ?? 0)
    .map(({ proof }) => proof);
  console.log(`${touched.length} proofs of what has changed, ${rest.length} others (--seed ${args.seed})`);
  return asked.filter((proof) => touched.includes(proof) || rest.includes(proof));
}

/** Files that differ from the commit; none, and a word about it, where git does not know. */
function changedFiles(commit: string): ReadonlySet<string> {
  const git = spawnSync('git', ['diff', '--name-only', commit], { cwd: root, encoding: 'utf8' });
  if (git.status !== 0) {
    console.log(`what differs from ${commit} is not known: ${(git.stderr ?? '').trim().split('\n', 1)[0]}`);
    return new Set();
  }
  return new Set(git.stdout.split('\n').filter((line) => line !== ''));
}

async function prove(proofs: readonly Proof[], jobs: number): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome): void => {
    outcomes.push(outcome);
    const { proof, isRed, reason } = outcome;
    console.log(`${isRed ? 'red  ' : 'GREEN'} ${proof.claims.join(', ')}: ${reason}`);
  };
  const problems = await typeProblemsOf(proofs);
  const waiting = proofs.filter((proof) => {
    const problem = problems.get(proof);
    if (problem !== undefined) {
      tell({ proof, isRed: false, reason: `the edit is none: ${problem}` });
    }
    return problem === undefined;
  });
  const work = async (): Promise<void> => {
    await using copy = await ScratchCopy.make();
    for (let proof = waiting.shift(); proof !== undefined; proof = waiting.shift()) {
      tell({ proof, ...(await broken(copy.path, proof)) });
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, proofs.length) }, work));
  return outcomes;
}

/** What keeps an edit from being one: a text that is not there, or the compiler's words. */
async function typeProblemsOf(proofs: readonly Proof[]): Promise<ReadonlyMap<Proof, string>> {
  await using copy = await ScratchCopy.make();
  const problems = new Map<Proof, string>();
  const applicable: Proof[] = [];
  for (const proof of proofs) {
    try {
      const restore = await applyEdits(copy.path, proof.edits);
      await restore();
      applicable.push(proof);
    } catch (error) {
      problems.set(proof, error instanceof Error ? error.message : String(error));
    }
  }
  return new Map([...problems, ...(await typeProblems(copy.path, applicable))]);
}

async function broken(copy: string, { edits, test }: Proof): Promise<Omit<Outcome, 'proof'>> {
  const restore = await applyEdits(copy, edits);
  try {
    return judge(await runTest(copy, test.file), test.title);
  } finally {
    await restore();
  }
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (args === null) {
    console.log(usage);
    return 0;
  }
  if (args.missing) {
    const missing = withoutProof(await allClaims(), allProofs);
    console.log(missing.map((claim) => `no proof: ${claim}`).join('\n'));
    return missing.length === 0 ? 0 : 1;
  }
  const outcomes = await prove(chosen(args), args.jobs);
  const green = outcomes.filter(({ isRed }) => !isRed);
  for (const { proof, reason } of green) {
    console.log(`stays green: ${proof.claims.join(', ')} (${proof.test.file}): ${reason}`);
  }
  console.log(`prove: ${outcomes.length - green.length} of ${outcomes.length} go red`);
  return green.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
