/** The body parsed, or undefined when it is not JSON; for error bodies, which may be anything. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
