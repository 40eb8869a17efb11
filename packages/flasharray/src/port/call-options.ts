/** Every call of the port takes these. */
export interface CallOptions {
  /** Ends the call, and any wait before a retry, with `cancelled`. */
  readonly signal?: AbortSignal;
}
