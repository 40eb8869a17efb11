import { DatabaseSync } from 'node:sqlite';

type Value = null | number | bigint | string | Uint8Array;
type Row = Readonly<Record<string, Value>>;

/** A database as text: its schema, its rows, and the difference between two of them. */
export class DatabaseText implements Disposable {
  readonly #database: DatabaseSync;

  /** @param file what a killed process has left is read as SQLite recovers it */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** Every statement of the schema, tables first. */
  schema(): string {
    const statements = this.#all(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC, rowid",
    );
    return statements.map(({ sql }) => `${String(sql)};\n`).join('');
  }

  /** Statements that fill the empty schema. */
  rows(): string[] {
    return this.#tables().flatMap((table) =>
      this.#all(`SELECT * FROM ${table}`).map((row) => insert(table, row)),
    );
  }

  /** Statements that make this database of an earlier one of the same schema. */
  changesSince(earlier: DatabaseText): string[] {
    return this.#tables().flatMap((table) => {
      const [before, now] = [earlier.#byKey(table), this.#byKey(table)];
      return [
        ...[...before.keys()]
          .filter((key) => !now.has(key))
          .map((key) => `DELETE FROM ${table} WHERE ${key}`),
        ...[...now].flatMap(([key, row]) => {
          const old = before.get(key);
          if (old === undefined) {
            // Every database has many reservations that are over: those of before are enough.
            const isOver = table === 'reservations' && Number(row.deleted) === 1;
            return isOver ? [] : [insert(table, row)];
          }
          const columns = Object.keys(row).filter((column) => row[column] !== old[column]);
          const settings = columns.map((column) => `${column} = ${literal(row[column] ?? null)}`);
          return columns.length === 0 ? [] : [`UPDATE ${table} SET ${settings.join(', ')} WHERE ${key}`];
        }),
      ];
    });
  }

  /** Operations in the journal, oldest first. */
  journal(): string[] {
    return this.#all('SELECT operation FROM flasharray_journal ORDER BY sequence').map(({ operation }) =>
      String(operation),
    );
  }

  #tables(): readonly string[] {
    return this.#all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence') ORDER BY rowid",
    ).map(({ name }) => String(name));
  }

  /** Rows by the condition that names each. */
  #byKey(table: string): ReadonlyMap<string, Row> {
    const keys = this.#all(`PRAGMA table_info(${table})`)
      .filter(({ pk }) => Number(pk) > 0)
      .map(({ name }) => String(name));
    const named = keys.length === 0 ? ['rowid'] : keys;
    return new Map(
      this.#all(`SELECT ${keys.length === 0 ? 'rowid AS "(rowid)", ' : ''}* FROM ${table}`).map((row) => {
        const { '(rowid)': rowid, ...columns } = row;
        const key = named.map((name) => `${name} = ${literal(columns[name] ?? rowid ?? null)}`);
        return [key.join(' AND '), columns];
      }),
    );
  }

  #all(sql: string): readonly Row[] {
    return this.#database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  }
}

function insert(table: string, row: Row): string {
  // What has no value gets none.
  const given = Object.entries(row).filter(([, value]) => value !== null);
  const columns = given.map(([column]) => column).join(', ');
  return `INSERT INTO ${table} (${columns}) VALUES (${given.map(([, value]) => literal(value)).join(', ')})`;
}

function literal(value: Value): string {
  if (value === null) {
    return 'NULL';
  }
  if (value instanceof Uint8Array) {
    return `X'${Buffer.from(value).toString('hex')}'`;
  }
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
