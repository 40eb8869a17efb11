/** A row of a list. */
type Row = Readonly<Record<string, unknown>>;

/**
 * A comparison for `sort=name,created-`: a minus behind the field (or in front, as newer documents have it) means
 * descending; rows without the field come last. null when the text is not a sort.
 */
export function compileSort(text: string): ((left: Row, right: Row) => number) | null {
  const fields: { readonly path: readonly string[]; readonly sign: 1 | -1 }[] = [];
  for (const part of text.split(',')) {
    const match = /^(-?)([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)(-?)$/i.exec(part.trim());
    if (match === null) return null;
    fields.push({ path: (match[2] ?? '').split('.'), sign: match[1] === '-' || match[3] === '-' ? -1 : 1 });
  }
  return (left, right) => {
    for (const { path, sign } of fields) {
      const order = compareValues(valueAt(left, path), valueAt(right, path), sign);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function valueAt(row: Row, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const field of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
  }
  return value;
}

function compareValues(left: unknown, right: unknown, sign: 1 | -1): number {
  const leftMissing = left === null || left === undefined;
  const rightMissing = right === null || right === undefined;
  if (leftMissing || rightMissing) return Number(leftMissing) - Number(rightMissing);
  if (typeof left === 'number' && typeof right === 'number') return sign * Math.sign(left - right);
  const a = String(left).toLowerCase();
  const b = String(right).toLowerCase();
  return a < b ? -sign : a > b ? sign : 0;
}
