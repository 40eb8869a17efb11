import { isObject, type Json, type JsonObject } from '../http/messages.ts';
import { invalidParameter } from './errors.ts';

/**
 * Typed access to the fields of a REST 2 body. Fields that are absent are undefined; null and values of another type
 * are refused: a client leaves out what it does not change (purity-rest-2.x.md section 4).
 */
export class BodyReader {
  readonly #fields: JsonObject;

  constructor(fields: JsonObject) {
    this.#fields = fields;
  }

  get isEmpty(): boolean {
    return Object.keys(this.#fields).length === 0;
  }

  has(key: string): boolean {
    return key in this.#fields;
  }

  /** The value as it came. */
  value(key: string): Json | undefined {
    return this.#fields[key];
  }

  text(key: string): string | undefined {
    const value = this.#fields[key];
    if (value === undefined || typeof value === 'string') return value;
    throw invalidParameter(key);
  }

  integer(key: string): number | undefined {
    const value = this.#fields[key];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    throw invalidParameter(key);
  }

  flag(key: string): boolean | undefined {
    const value = this.#fields[key];
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalidParameter(key);
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.#fields[key];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw invalidParameter(key);
    return value.map((element: Json) => {
      if (typeof element !== 'string') throw invalidParameter(key);
      return element;
    });
  }

  object(key: string): BodyReader | undefined {
    const value = this.#fields[key];
    if (value === undefined) return undefined;
    if (!isObject(value)) throw invalidParameter(key);
    return new BodyReader(value);
  }

  objects(key: string): readonly BodyReader[] | undefined {
    const value = this.#fields[key];
    return value === undefined ? undefined : readObjects(key, value);
  }
}

/** A JSON array of objects. */
export function readObjects(key: string, value: Json): readonly BodyReader[] {
  if (!Array.isArray(value)) throw invalidParameter(key);
  return value.map((element: Json) => {
    if (!isObject(element)) throw invalidParameter(key);
    return new BodyReader(element);
  });
}
