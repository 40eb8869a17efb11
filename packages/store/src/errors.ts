/**
 * Why the store refused or failed.
 *
 * - `busy`: another process (or another store of this one) owns the database.
 * - `schema`: the file is not a database of ours, is of another version, or a row in it does not fit.
 * - `constraint`: a write would break a key: the id is taken, or what it refers to does not exist.
 * - `closed`: the store, or the transaction the records belonged to, has ended.
 * - `failure`: anything else, such as a full disk.
 */
export type StoreErrorCode = 'busy' | 'schema' | 'constraint' | 'closed' | 'failure';

/** The one error of this package. Callers switch on `code`. Messages carry no values, so never a secret. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
