/**
 * True when the text may be the name of an object on an array and can be put into a path or a list of names without
 * meaning something else: a comma separates names, `*` stands for any text, a dot segment leaves the path.
 */
export function isObjectName(text: string): boolean {
  return (
    /^[A-Za-z0-9@_][A-Za-z0-9@_.:/-]*$/.test(text) &&
    !text.split('/').some((segment) => /^\.*$/.test(segment))
  );
}

/** Names compare without regard to letter case (REST 1.x section 3.1, REST 2.x section 5). */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** True when the name starts with the text, by the same rule. */
export function beginsWith(name: string, start: string): boolean {
  return isSameName(name.slice(0, start.length), start);
}
