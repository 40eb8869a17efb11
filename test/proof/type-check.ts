import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { applyEdits, type Edit } from './edit.ts';
import type { Proof } from './proof.ts';

/**
 * The proofs whose edits do not type-check, with the compiler's first words. All are checked together as far as they do
 * not overlap. When they do not pass, those go whose files the compiler names, and else halves are looked at.
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
  const errors = await compile(copy).finally(restore);
  const [firstError] = errors;
  const [first] = batch;
  if (firstError === undefined || first === undefined) {
    return;
  }
  if (batch.length === 1) {
    problems.set(first, firstError.words);
    return;
  }
  const blamed = new Map<Proof, string>();
  for (const { file, words } of errors) {
    const [one, ...more] = batch.filter(({ edits }) => edits.some((edit) => edit.file === file));
    if (one !== undefined && more.length === 0) {
      blamed.set(one, words);
    }
  }
  for (const [proof, words] of blamed) {
    problems.set(proof, words);
  }
  const rest = batch.filter((proof) => !blamed.has(proof));
  const middle = blamed.size > 0 ? rest.length : Math.ceil(rest.length / 2);
  await check(copy, rest.slice(0, middle), problems);
  await check(copy, rest.slice(middle), problems);
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

/** The compiler's errors; `file` from the root of the copy, '' where it names none. */
async function compile(copy: string): Promise<readonly { readonly file: string; readonly words: string }[]> {
  const tsc = join(copy, 'node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', '.'], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  const lines = (await text(child.stdout)).split('\n').filter((line) => line.includes('error TS'));
  if ((await ended) === 0) {
    return [];
  }
  return lines.length === 0
    ? [{ file: '', words: 'the compiler failed' }]
    : lines.map((words) => ({ file: words.split('(', 1)[0] ?? '', words }));
}
