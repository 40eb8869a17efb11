/** Why no complete answer came. */
export type TransportFailureKind =
  | 'unreachable'
  | 'untrusted-certificate'
  | 'timed-out'
  /** What answers does not speak TLS or HTTP, or its answer is larger than any the array gives. */
  | 'malformed-reply'
  /** The signal ended it; its owner knows whether that was a deadline. */
  | 'aborted';

/** An exchange with the array that gave no complete answer. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly kind: TransportFailureKind;
  /** False when the request certainly never left. */
  readonly sent: boolean;

  constructor(kind: TransportFailureKind, sent: boolean, cause: unknown) {
    super(describe(cause), { cause });
    this.kind = kind;
    this.sent = sent;
  }
}

/** The TCP or TLS handshake failed: nothing was sent. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';

  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** Codes that Node's TLS gives a certificate that does not verify (node:tls, "X509 certificate error codes"). */
const certificateCode =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;
/** Handshakes that fail for what the other side is, such as a server that speaks plain HTTP. */
const tlsCode = /^(ERR_SSL_|EPROTO$)/;
/** Headers beyond Node's limit of 16 KiB, or a body beyond ours. */
const tooLargeCodes: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);
const timeoutCodes: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** Puts an error of undici, of TLS or of the socket into words, once for all callers. */
export function transportFailure(
  error: unknown,
  state: { readonly written: boolean; readonly aborted: boolean },
): TransportFailure {
  if (error instanceof TransportFailure) {
    return error;
  }
  const connecting = findCause(error, (cause) => cause instanceof ConnectFailure);
  const sent = state.written && connecting === undefined;
  const code = codeOf(connecting === undefined ? error : connecting.cause);
  if (state.aborted) {
    return new TransportFailure('aborted', sent, error);
  }
  if (connecting !== undefined && certificateCode.test(code)) {
    return new TransportFailure('untrusted-certificate', false, connecting.cause);
  }
  if (timeoutCodes.has(code)) {
    return new TransportFailure('timed-out', sent, connecting?.cause ?? error);
  }
  if (connecting !== undefined && tlsCode.test(code)) {
    const reason = new Error(`TLS cannot be spoken with it: ${connecting.message}`, {
      cause: connecting.cause,
    });
    return new TransportFailure('malformed-reply', false, reason);
  }
  if (isParserError(error) || tooLargeCodes.has(code)) {
    return new TransportFailure('malformed-reply', sent, error);
  }
  return new TransportFailure('unreachable', sent, connecting?.cause ?? error);
}

/** What undici says of an answer that is no HTTP; it has a code only sometimes. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

function findCause(error: unknown, fits: (cause: Error) => boolean): Error | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if (fits(current)) {
      return current;
    }
    current = current.cause;
  }
  return undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** An AggregateError, as a host with several addresses gives, has no message of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(describe).join('; ');
  }
  return error instanceof Error && error.message !== '' ? error.message : codeOf(error) || 'no answer';
}
