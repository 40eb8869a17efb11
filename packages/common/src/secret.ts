import { inspect } from 'node:util';

const redacted = '[redacted]';

/**
 * A token, password or CHAP secret. It prints as `[redacted]` in a string, in JSON and in inspection; only
 * `expose()` gives the text, at the one place that puts it on the wire or in the database.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expose(): string {
    return this.#text;
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
