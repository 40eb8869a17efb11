import { decodeQuery, splitQuery } from '../http/messages.ts';
import { invalidParameter } from './errors.ts';

/** Typed access to the query parameters of a REST 2 call. */
export class QueryReader {
  readonly #parameters: ReadonlyMap<string, string>;

  constructor(rawQuery: string) {
    this.#parameters = splitQuery(rawQuery);
  }

  keys(): Iterable<string> {
    return this.#parameters.keys();
  }

  has(key: string): boolean {
    return this.#parameters.has(key);
  }

  /** The value as one text. */
  text(key: string): string | undefined {
    const raw = this.#parameters.get(key);
    return raw === undefined ? undefined : decodeQuery(raw);
  }

  /** A list of names or ids. Commas separate, encoded or not: no name holds one. An empty value is no name. */
  names(key: string): readonly string[] | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    return text.split(',').filter((name) => name !== '');
  }

  /** A list whose elements may hold encoded commas (tag keys, namespaces). */
  texts(key: string): readonly string[] | undefined {
    const raw = this.#parameters.get(key);
    return raw === undefined ? undefined : raw.split(',').map(decodeQuery);
  }

  /** @throws Rest2Error for anything but `true` and `false`. */
  flag(key: string): boolean | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    if (text === 'true') return true;
    if (text === 'false') return false;
    throw invalidParameter(key);
  }

  /** A whole number of at least 0. */
  integer(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    if (!/^\d{1,16}$/.test(text)) throw invalidParameter(key);
    return Number(text);
  }
}
