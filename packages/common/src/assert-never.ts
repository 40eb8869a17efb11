/** For the end of an exhaustive switch: a new kind fails to compile until it is handled. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`);
}
