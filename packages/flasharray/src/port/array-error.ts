/** What went wrong, in the array port's words. Closed: callers switch on it, never on a message. */
export const arrayErrorCodes = [
  /** The array has no object of that name. */
  'not-found',
  /** The name is taken by a live object, or the same connection exists already. */
  'already-exists',
  /** The object, or the name asked for, is pending eradication. */
  'destroyed',
  /** Refused because the object still has connections. */
  'connected',
  /** Another host of the array holds that initiator. */
  'initiator-in-use',
  /** The array, or the model, allows no more objects of that kind. */
  'limit-reached',
  /** SafeMode or the array's own settings forbid eradication. */
  'eradication-disabled',
  /** The pod is not online on the array, as while its arrays do not hear each other: it comes back by itself. */
  'pod-not-online',
  /** The array refuses the value or the combination. */
  'invalid',
  /** No valid session, or a wrong API token. */
  'unauthorized',
  /** The token's role may not do this. */
  'forbidden',
  /** Too many requests. */
  'rate-limited',
  /** The array failed inside (HTTP 5xx). */
  'array-failure',
  /** The array offers no REST version this client speaks, or lacks the feature. */
  'unsupported',
  /** The address cannot be resolved or reached, or the connection broke. */
  'unreachable',
  /** The certificate is not trusted. */
  'untrusted-certificate',
  /** No answer within the deadline. */
  'timed-out',
  /** The answer is not what the REST version promises. */
  'malformed-reply',
  /** The caller aborted the call. */
  'cancelled',
] as const;

export type ArrayErrorCode = (typeof arrayErrorCodes)[number];

export interface ArrayErrorDetails {
  readonly code: ArrayErrorCode;
  /** The array's own words where it gave any. */
  readonly message: string;
  /** Name of the object the array complains about, or null when it names none. */
  readonly context: string | null;
  /** Name or address of the array. */
  readonly array: string;
  /** The operation in words: `POST volumes`. */
  readonly operation: string;
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  /**
   * Whether the array may have carried the request out: `no` when it definitely did not (it refused, or the request
   * never left), `unknown` when the answer was lost.
   */
  readonly applied: 'no' | 'unknown';
  readonly cause?: unknown;
}

const retryableCodes: ReadonlySet<ArrayErrorCode> = new Set([
  'rate-limited',
  'array-failure',
  'unreachable',
  'timed-out',
]);

/** The only error the array port throws. */
export class ArrayError extends Error {
  override readonly name = 'ArrayError';
  readonly code: ArrayErrorCode;
  readonly context: string | null;
  readonly array: string;
  readonly operation: string;
  readonly status: number | null;
  readonly applied: 'no' | 'unknown';

  constructor(details: ArrayErrorDetails) {
    super(details.message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = details.code;
    this.context = details.context;
    this.array = details.array;
    this.operation = details.operation;
    this.status = details.status;
    this.applied = details.applied;
  }

  /** The same call may succeed later without anything being changed. */
  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }
}

/** True when `error` is an array error with one of the codes. */
export function isArrayError(error: unknown, ...codes: readonly ArrayErrorCode[]): error is ArrayError {
  return error instanceof ArrayError && (codes.length === 0 || codes.includes(error.code));
}
