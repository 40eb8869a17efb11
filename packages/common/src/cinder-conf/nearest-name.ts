/** Edits (insert, delete, replace, swap of neighbours not counted) between two words. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      current.push(
        Math.min(
          (previous[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
          (previous[column] ?? 0) + (letter === other ? 0 : 1),
        ),
      );
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/** The known name that a misspelt one was probably meant to be, or null when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const allowed = Math.max(1, Math.floor(name.length / 5));
  let best: { readonly name: string; readonly edits: number } | null = null;
  for (const candidate of known) {
    const edits = distance(name, candidate);
    if (edits <= allowed && (best === null || edits < best.edits)) {
      best = { name: candidate, edits };
    }
  }
  return best?.name ?? null;
}
