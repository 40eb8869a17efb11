const token = /\$\$|\\\$|\$\{([A-Za-z_][\w.-]*)\}|\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)/g;
/** Substitutions inside substituted values; deeper ones are taken for a circle and left alone. */
const deepest = 8;

/**
 * Replaces `$name`, `${name}` and `$group.name` by what `lookUp` gives for them; unknown names stay as they are, `$$`
 * and `\$` are a dollar sign.
 */
export function substitute(
  text: string,
  lookUp: (group: string | null, name: string) => string | null,
  depth = 0,
): string {
  return text.replaceAll(token, (whole, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain;
    if (name === undefined) {
      return '$';
    }
    const parts = name.split('.');
    const [group, option] = parts.length === 2 ? [parts[0] ?? null, parts[1] ?? ''] : [null, name];
    const value = lookUp(group, option);
    if (value === null || depth >= deepest) {
      return whole;
    }
    return substitute(value, lookUp, depth + 1);
  });
}
