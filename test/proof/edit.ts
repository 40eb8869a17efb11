import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A change of the source by text: of a few words, and of the promise they keep. */
export interface Edit {
  /** From the root of the project. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly text: string;
  readonly replacement: string;
}

/**
 * Makes the edits under `root`, several in one file too.
 * @returns puts everything back as it was
 * @throws Error when a text does not stand exactly once in its file, or two of them overlap; nothing is written then
 */
export async function applyEdits(root: string, edits: readonly Edit[]): Promise<() => Promise<void>> {
  const originals = new Map<string, string>();
  const changed = new Map<string, string>();
  for (const [file, own] of Map.groupBy(edits, (edit) => edit.file)) {
    const source = await readFile(join(root, file), 'utf8');
    originals.set(file, source);
    changed.set(file, edited(source, own));
  }
  await writeAll(root, changed);
  return () => writeAll(root, originals);
}

/** @throws Error as `applyEdits` */
export function edited(source: string, edits: readonly Edit[]): string {
  const places = edits
    .map((edit) => ({ ...edit, at: onlyPlace(source, edit) }))
    .toSorted((a, b) => a.at - b.at);
  let result = '';
  let end = 0;
  for (const { at, text, replacement, file } of places) {
    if (at < end) {
      throw new Error(`${file}: two edits change: ${text}`);
    }
    result += source.slice(end, at) + replacement;
    end = at + text.length;
  }
  return result + source.slice(end);
}

function onlyPlace(source: string, { file, text }: Edit): number {
  const at = source.indexOf(text);
  if (text === '' || at === -1 || source.includes(text, at + 1)) {
    throw new Error(`${file} does not have exactly once: ${text}`);
  }
  return at;
}

async function writeAll(root: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, source] of files) {
    await writeFile(join(root, file), source);
  }
}
