import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { StoreError } from '../../errors.ts';
import { toStoreError } from './sqlite-error.ts';

/** How long a write waits for a program outside that holds the database, such as a backup, in milliseconds. */
const busyTimeout = 2000;

/** Compiled statements kept per connection: more than the shapes of statements this package makes. */
const statementsKept = 200;

/**
 * Is called before each statement runs, with its text; what it throws is thrown in its place. For simulations: a disk
 * that is full, a process that dies between two statements.
 */
export type BeforeStatement = (sql: string) => void;

/**
 * One connection to an SQLite file, in the shape that Kysely's SQLite dialect drives. Every error that leaves it is a
 * StoreError.
 */
export class SqliteConnection implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, ConnectionStatement>();
  readonly #before: BeforeStatement;

  /** @throws StoreError when the file cannot be opened */
  constructor(path: string, before: BeforeStatement = () => undefined) {
    this.#before = before;
    this.#database = attempt(
      `cannot open ${path}`,
      () => new DatabaseSync(path, { timeout: busyTimeout, enableForeignKeyConstraints: true }),
    );
  }

  /** Between BEGIN and its end. SQLite itself ends a transaction on some errors, such as a full disk. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Runs statements that take no parameters and return no rows. */
  execute(sql: string): void {
    attempt('SQLite', () => {
      this.#before(sql);
      this.#database.exec(sql);
    });
  }

  /** Rows of a query without parameters. */
  query(sql: string): readonly Readonly<Record<string, unknown>>[] {
    return attempt('SQLite', () => this.#database.prepare(sql).all());
  }

  /**
   * Sets what a database of ours runs with: readers beside the writer, and a commit that is on the disk when it
   * returns. Changes the file, so it comes after the look that decides whether the file is ours.
   */
  configure(): void {
    this.execute('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  }

  prepare(sql: string): SqliteStatement {
    const kept = this.#statements.get(sql);
    if (kept !== undefined) {
      return kept;
    }
    const statement = attempt(
      'SQLite',
      () => new ConnectionStatement(this.#database.prepare(sql), () => this.#before(sql)),
    );
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= statementsKept && oldest !== undefined) {
      this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Safe to repeat. */
  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) {
      attempt('SQLite', () => this.#database.close());
    }
  }
}

class ConnectionStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSync;
  readonly #before: () => void;

  constructor(statement: StatementSync, before: () => void) {
    this.#statement = statement;
    this.#before = before;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#attempt(() => this.#statement.all(...parameters.map(bindable)));
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#attempt(() => this.#statement.run(...parameters.map(bindable)));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#attempt(() => this.#statement.iterate(...parameters.map(bindable)));
  }

  #attempt<T>(work: () => T): T {
    return attempt('SQLite', () => {
      this.#before();
      return work();
    });
  }
}

function attempt<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error, doing);
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  // The value itself stays out of the message: it may be a secret.
  throw new StoreError('failure', `SQLite cannot keep a value of type ${typeof value}`);
}
