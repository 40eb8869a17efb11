import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { applyEdits, type Edit } from './edit.ts';
import type { Proof } from './proof.ts';

/**
 * The proofs whose edits do not type-check, with the compiler's first words. All are checked together as far as they do
 * not overlap; only when they do not pass are halves of them, and so on.
 */
export async function typeProblems(
  copy: string,
  proofs: readonly Proof[],
): Promise<ReadonlyMap<Proof, string>> {
  const problems = new Map<Proof, string>();
  for (const batch of await batchesOf(copy, proofs)) {
    await check(copy, batch, problems);
  }
  return problems;
}

async function check(copy: string, batch: readonly Proof[], problems: Map<Proof, string>): Promise<void> {
  const restore = await applyEdits(
    copy,
    batch.flatMap(({ edits }) => edits),
  );
  const problem = await compile(copy).finally(restore);
  const [first] = batch;
  if (problem === null || first === undefined) {
    return;
  }
  if (batch.length === 1) {
    problems.set(first, problem);
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await check(copy, batch.slice(0, middle), problems);
  await check(copy, batch.slice(middle), problems);
}

interface Place {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** Proofs of one batch change nothing twice. */
async function batchesOf(copy: string, proofs: readonly Proof[]): Promise<readonly (readonly Proof[])[]> {
  const batches: { readonly proofs: Proof[]; readonly places: Place[] }[] = [];
  for (const proof of proofs) {
    const places = await Promise.all(proof.edits.map((edit) => placeOf(copy, edit)));
    let batch = batches.find((other) => !places.some((place) => other.places.some(meets(place))));
    if (batch === undefined) {
      batch = { proofs: [], places: [] };
      batches.push(batch);
    }
    batch.proofs.push(proof);
    batch.places.push(...places);
  }
  return batches.map((batch) => batch.proofs);
}

async function placeOf(copy: string, { file, text: own }: Edit): Promise<Place> {
  const from = (await readFile(join(copy, file), 'utf8')).indexOf(own);
  return { file, from, to: from + own.length };
}

const meets =
  (one: Place) =>
  (other: Place): boolean =>
    one.file === other.file && one.from < other.to && other.from < one.to;

/** @returns the compiler's first line; null: it has nothing to say */
async function compile(copy: string): Promise<string | null> {
  const tsc = join(copy, 'node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', copy], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  const said = await text(child.stdout);
  return (await ended) === 0 ? null : (said.split('\n', 1)[0] ?? 'the compiler failed');
}
