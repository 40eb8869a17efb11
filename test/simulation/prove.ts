import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { applyEdits } from '../proof/edit.ts';
import { ScratchCopy } from '../proof/scratch-copy.ts';
import { type PutBack, putBacks } from './put-back.ts';
import { categoryOf } from './shorten.ts';
import type { WorldPool } from './world-pool.ts';

export interface ProveOptions {
  /** Names of faults; null: all. */
  readonly faults: readonly string[] | null;
  readonly from: number;
  /** Worlds to try for each. */
  readonly seeds: number;
  readonly jobs: number;
}

const badWorld = z.object({ seed: z.int(), findings: z.array(z.string()) });

interface Found {
  readonly seed: number;
  readonly finding: string;
}

/**
 * Puts mended faults back, one by one, each in a copy of the project, and looks for it in random worlds. A bad world
 * counts when the same world of the project as it is breaks no promise of that kind.
 * @returns whether each was found
 * @throws Error when the text of an edit does not stand exactly once in its file
 */
export async function prove(options: ProveOptions, pool: WorldPool): Promise<boolean> {
  const chosen = putBacks.filter(({ name }) => options.faults?.includes(name) ?? true);
  const unknown = options.faults?.find((name) => !putBacks.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new Error(`--fault ${unknown}: it is one of ${putBacks.map(({ name }) => name).join(', ')}`);
  }
  console.log(`worlds from seed ${options.from}`);
  console.log(
    '| Put back | Site | Faults | Worlds | Seed | Found as |\n| --- | --- | --- | ---: | ---: | --- |',
  );
  let isProven = true;
  for (const one of chosen) {
    const found = await inCopy(one, (copy) => search(one, copy, options, pool));
    isProven &&= found !== null;
    const cells =
      found === null
        ? [`none of ${options.seeds}`, '', '**not found**']
        : [String(found.seed - options.from + 1), String(found.seed), `\`${categoryOf(found.finding)}\``];
    console.log(`| ${[one.name, `\`${one.site}\``, `\`${one.faults}\``, ...cells].join(' | ')} |`);
  }
  return isProven;
}

/** A copy of the project with the fault; it goes again. */
async function inCopy<T>({ name, edits }: PutBack, work: (copy: string) => Promise<T>): Promise<T> {
  await using copy = await ScratchCopy.make();
  try {
    await applyEdits(copy.path, edits);
  } catch (error) {
    throw new Error(`${name} cannot be put back`, { cause: error });
  }
  return await work(copy.path);
}

async function search(
  one: PutBack,
  copy: string,
  { from, seeds, jobs }: ProveOptions,
  pool: WorldPool,
): Promise<Found | null> {
  const { site, faults } = one;
  const asked = { site, faults, from, seeds, jobs };
  const command = Object.entries(asked).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(
    process.execPath,
    [join(copy, 'test', 'simulation', 'chaos.ts'), '--json', ...command],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', () => resolve());
    child.on('error', reject);
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('{')) {
        const found = await isByFault(badWorld.parse(JSON.parse(line)), one, pool);
        if (found !== null) {
          return found;
        }
      }
    }
    return null;
  } finally {
    child.kill();
    await ended;
  }
}

/** What is wrong in the world with the fault, and right in the same world without it. */
async function isByFault(
  { seed, findings }: z.infer<typeof badWorld>,
  { site, faults }: PutBack,
  pool: WorldPool,
): Promise<Found | null> {
  const sound = await pool.run({ seed, site, faults, operations: 60, skip: new Set(), traceLines: 0 });
  const usual = new Set(sound.findings.map(categoryOf));
  const finding = findings.find((text) => !usual.has(categoryOf(text)));
  return finding === undefined ? null : { seed, finding };
}
