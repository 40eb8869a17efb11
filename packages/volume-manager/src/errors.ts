import type { DriverError } from '@cinder-flasharray/driver';

/** Why an operation did not end well, for callers who say it in the words of their protocol. */
export const operationErrorCodes = [
  /** The driver refused or failed; `failure` is its error. */
  'failed',
  /** The rows have another state by now; the message says which. */
  'invalid-state',
  /** What it is about is gone. */
  'volume-gone',
  'attachment-gone',
  /** Somebody else has done, or taken back, what was to be done. */
  'nothing-left',
  /** This service has no back end of that name. */
  'not-served',
  /** The service is stopping. */
  'stopping',
] as const;
export type OperationErrorCode = (typeof operationErrorCodes)[number];

/** The only error this package throws on purpose. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly code: OperationErrorCode;
  /** Set for `failed`. */
  readonly failure: DriverError | null;

  constructor(code: OperationErrorCode, message: string, failure: DriverError | null = null) {
    super(message, failure === null ? {} : { cause: failure });
    this.code = code;
    this.failure = failure;
  }
}

/** The driver's failure, in its own words. */
export function failed(failure: DriverError): OperationError {
  return new OperationError('failed', failure.message, failure);
}
