import { AsyncLocalStorage } from 'node:async_hooks';
import { KeyedLock } from '@cinder-flasharray/common';
import { type Kysely, sql } from 'kysely';
import type { SqliteConnection } from '../dialect/sqlite/sqlite-connection.ts';
import { StoreError } from '../errors.ts';
import type { Database } from './tables.ts';

/** Where statements run. Only inside the `work` it was handed to. */
export type Executor = Kysely<Database>;

/**
 * Access to the one connection. There is only one, so two pieces of asynchronous work would otherwise end up in each
 * other's transactions: a session runs its pieces one after the other.
 */
export interface Session {
  /** One statement, or reads that must see one state. */
  run<T>(work: (db: Executor) => Promise<T>): Promise<T>;
  /** Several statements that are kept together, or not at all when `work` rejects. */
  atomic<T>(work: (db: Executor) => Promise<T>): Promise<T>;
}

/** The transaction that the running code was called from, to refuse what would wait for itself for ever. */
const runningTransaction = new AsyncLocalStorage<TransactionSession>();

/** The session of the store itself: what runs on it waits for transactions, and never joins one. */
export class StoreSession implements Session {
  readonly #db: Executor;
  readonly #connection: SqliteConnection;
  readonly #queue = new Queue();
  #closing: Promise<void> | null = null;

  constructor(db: Executor, connection: SqliteConnection) {
    this.#db = db;
    this.#connection = connection;
  }

  run<T>(work: (db: Executor) => Promise<T>): Promise<T> {
    return this.#enter(() => work(this.#db));
  }

  atomic<T>(work: (db: Executor) => Promise<T>): Promise<T> {
    return this.#enter(() => this.#committed(() => work(this.#db)));
  }

  /** Runs `work` with a session of its own that ends with it. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#enter(() =>
      this.#committed(async () => {
        const session = new TransactionSession(this.#db, this.#connection);
        try {
          return await runningTransaction.run(session, () => work(session));
        } finally {
          await session.end();
        }
      }),
    );
  }

  /** Lets what was asked for before finish, refuses what comes after, then runs `release`. Safe to repeat. */
  async close(release: () => void): Promise<void> {
    refuseWithinTransaction();
    this.#closing ??= this.#queue.run(async () => release());
    return this.#closing;
  }

  async #enter<T>(work: () => Promise<T>): Promise<T> {
    refuseWithinTransaction();
    if (this.#closing !== null) {
      throw new StoreError('closed', 'the store is closed');
    }
    return this.#queue.run(work);
  }

  async #committed<T>(work: () => Promise<T>): Promise<T> {
    await sql`begin immediate`.execute(this.#db);
    try {
      const result = await work();
      await sql`commit`.execute(this.#db);
      return result;
    } catch (error) {
      if (this.#connection.inTransaction) {
        await sql`rollback`.execute(this.#db);
      }
      throw error;
    }
  }
}

/** What a transaction asks of the store would wait for that transaction: an error now instead of a silent standstill. */
function refuseWithinTransaction(): void {
  if (runningTransaction.getStore()?.active === true) {
    throw new StoreError('failure', 'within a transaction, only the records it was given may be used');
  }
}

/** The session inside one transaction. */
class TransactionSession implements Session {
  readonly #db: Executor;
  readonly #connection: SqliteConnection;
  readonly #queue = new Queue();
  #active = true;

  constructor(db: Executor, connection: SqliteConnection) {
    this.#db = db;
    this.#connection = connection;
  }

  get active(): boolean {
    return this.#active;
  }

  run<T>(work: (db: Executor) => Promise<T>): Promise<T> {
    return this.#queue.run(() => {
      this.#mustBeActive();
      return work(this.#db);
    });
  }

  /** A savepoint: a piece that fails leaves nothing behind, even when the caller carries on without it. */
  atomic<T>(work: (db: Executor) => Promise<T>): Promise<T> {
    return this.run(async (db) => {
      await sql`savepoint piece`.execute(db);
      try {
        const result = await work(db);
        await sql`release piece`.execute(db);
        return result;
      } catch (error) {
        if (this.#connection.inTransaction) {
          await sql`rollback to piece`.execute(db);
          await sql`release piece`.execute(db);
        }
        throw error;
      }
    });
  }

  /** Waits for the piece under way; those still waiting are refused, for the transaction is decided without them. */
  async end(): Promise<void> {
    this.#active = false;
    await this.#queue.run(async () => undefined);
  }

  #mustBeActive(): void {
    if (!this.#active) {
      throw new StoreError('closed', 'the transaction these records belonged to is over');
    }
    if (!this.#connection.inTransaction) {
      // SQLite gave up the transaction on an earlier error: what came now would be kept by itself.
      throw new StoreError('failure', 'the transaction was undone by an earlier error');
    }
  }
}

/** First come, first served. */
class Queue {
  readonly #lock = new KeyedLock();

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#lock.run('connection', work);
  }
}
