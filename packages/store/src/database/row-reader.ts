import { StoreError } from '../errors.ts';
import type { JsonObject } from '../records.ts';
import type { Database } from './tables.ts';
import { parseJsonObject, parseTimestamp } from './values.ts';

/**
 * Reads the columns of one row into the types of a record. SQLite puts any type into any column, and other programs
 * may have written the row: what does not fit is an error that names the table, the row and the column, never a guess.
 */
export class RowReader<Table extends keyof Database> {
  readonly #table: Table;
  readonly #row: Readonly<Partial<Record<keyof Database[Table], unknown>>>;
  readonly #id: string;

  /** @param id what the row is known by in errors */
  constructor(
    table: Table,
    row: Readonly<Partial<Record<keyof Database[Table], unknown>>>,
    id: string | number,
  ) {
    this.#table = table;
    this.#row = row;
    this.#id = String(id);
  }

  text(column: keyof Database[Table]): string {
    return this.#required(column, this.textOrNull(column));
  }

  textOrNull(column: keyof Database[Table]): string | null {
    const value: unknown = this.#row[column];
    return value === null || typeof value === 'string' ? value : this.#refuse(column, 'is not text');
  }

  integer(column: keyof Database[Table]): number {
    return this.#required(column, this.integerOrNull(column));
  }

  integerOrNull(column: keyof Database[Table]): number | null {
    const value: unknown = this.#row[column];
    if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) {
      return value;
    }
    return this.#refuse(column, 'is not a whole number');
  }

  boolean(column: keyof Database[Table]): boolean {
    return this.#required(column, this.booleanOrNull(column));
  }

  booleanOrNull(column: keyof Database[Table]): boolean | null {
    const value: unknown = this.#row[column];
    if (value === null) {
      return null;
    }
    return value === 0 || value === 1 ? value === 1 : this.#refuse(column, 'is not 0 or 1');
  }

  date(column: keyof Database[Table]): Date {
    return this.#required(column, this.dateOrNull(column));
  }

  dateOrNull(column: keyof Database[Table]): Date | null {
    const text = this.textOrNull(column);
    return text === null
      ? null
      : (parseTimestamp(text) ?? this.#refuse(column, 'is not a time (YYYY-MM-DD HH:MM:SS.ffffff)'));
  }

  oneOf<Value extends string>(column: keyof Database[Table], values: readonly Value[]): Value {
    return this.#required(column, this.oneOfOrNull(column, values));
  }

  oneOfOrNull<Value extends string>(column: keyof Database[Table], values: readonly Value[]): Value | null {
    const text = this.textOrNull(column);
    if (text === null) {
      return null;
    }
    return values.find((value) => value === text) ?? this.#refuse(column, `is none of ${values.join(', ')}`);
  }

  json(column: keyof Database[Table]): JsonObject {
    return this.#required(column, this.jsonOrNull(column));
  }

  jsonOrNull(column: keyof Database[Table]): JsonObject | null {
    const text = this.textOrNull(column);
    return text === null ? null : (parseJsonObject(text) ?? this.#refuse(column, 'is not a JSON object'));
  }

  #required<Value>(column: keyof Database[Table], value: Value | null): Value {
    return value ?? this.#refuse(column, 'is null');
  }

  #refuse(column: keyof Database[Table], why: string): never {
    throw new StoreError('schema', `table ${this.#table}, row ${this.#id}: ${String(column)} ${why}`);
  }
}
