import { createHash } from 'node:crypto';

/** What happened in a world, line by line. The same seed gives the same lines. */
export class Trace {
  readonly #now: () => number;
  readonly #start: number;
  readonly #lines: string[] = [];
  readonly #hash = createHash('sha256');
  readonly #kept: number;

  /** @param kept how many of the newest lines are kept; the digest is of all */
  constructor(now: () => number, kept: number) {
    this.#now = now;
    this.#start = now();
    this.#kept = kept;
  }

  add(text: string): void {
    const line = `${((this.#now() - this.#start) / 1_000).toFixed(3).padStart(9)} ${text}`;
    this.#hash.update(`${line}\n`);
    if (this.#kept > 0) {
      this.#lines.push(line);
      if (this.#lines.length > this.#kept * 1.2) {
        this.#lines.splice(0, this.#lines.length - this.#kept);
      }
    }
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}
