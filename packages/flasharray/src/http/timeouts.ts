/** All in milliseconds. */
export interface Timeouts {
  /** Until the TCP and TLS handshakes are done. */
  readonly connect: number;
  /** Between the request being sent and its answer's headers, and between parts of the body. */
  readonly idle: number;
  /** One port call, with its retries and a re-login. */
  readonly total: number;
}

export const defaultTimeouts: Timeouts = { connect: 5_000, idle: 30_000, total: 60_000 };
