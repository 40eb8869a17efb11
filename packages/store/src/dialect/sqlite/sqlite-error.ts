import { StoreError, type StoreErrorCode } from '../../errors.ts';

/**
 * SQLite's primary result codes that mean something to callers; the upper bits of an extended code refine them.
 * Source: https://www.sqlite.org/rescode.html
 */
const codeOf: ReadonlyMap<number, StoreErrorCode> = new Map([
  [5, 'busy'], // SQLITE_BUSY
  [6, 'busy'], // SQLITE_LOCKED
  [11, 'schema'], // SQLITE_CORRUPT
  [19, 'constraint'], // SQLITE_CONSTRAINT
  [26, 'schema'], // SQLITE_NOTADB
]);

/** Turns what node:sqlite threw into a StoreError, which is returned as it is. */
export function toStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) {
    return error;
  }
  const { errcode, code, message } = fieldsOf(error);
  if (code === 'ERR_INVALID_STATE') {
    return new StoreError('closed', `${doing}: the database is closed`, { cause: error });
  }
  const storeCode = errcode === null ? 'failure' : (codeOf.get(errcode & 0xff) ?? 'failure');
  return new StoreError(storeCode, `${doing}: ${message}`, { cause: error });
}

function fieldsOf(error: unknown): { errcode: number | null; code: string | null; message: string } {
  if (!(error instanceof Error)) {
    return { errcode: null, code: null, message: String(error) };
  }
  return {
    errcode: 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null,
    code: 'code' in error && typeof error.code === 'string' ? error.code : null,
    message: error.message,
  };
}
