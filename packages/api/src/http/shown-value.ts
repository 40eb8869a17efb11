/** Characters of a refused value that an error message repeats at most. */
const longestShown = 512;

/** Keys whose values are never repeated: connectors and whatever names a secret. */
const hiddenKey = /connector|password|secret|token|credential/i;

/** A JSON value as Cinder's error messages write it: `None`, `True`, `'text'`, `{'key': 1}`. */
export function literal(value: unknown): string {
  return cut(write(value));
}

/** As `literal`, but text stands without quotes, as after `Value:`. */
export function shownValue(value: unknown): string {
  return typeof value === 'string' ? cut(value) : literal(value);
}

function write(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value}'`;
  }
  if (value === null || value === undefined) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (Array.isArray(value)) {
    return `[${value.map(write).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(
      ([key, inner]) => `'${key}': ${hiddenKey.test(key) ? "'***'" : write(inner)}`,
    );
    return `{${parts.join(', ')}}`;
  }
  return String(value);
}

function cut(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
}
