/** The time and the signal that one call of the port has, however many HTTP requests it makes. */
export interface Call {
  /** Aborted by the caller, by the deadline, or because the client is being closed. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; not yet, while the call has not begun. */
  readonly deadline: number;
  /** Whether a request of it has been sent. */
  readonly hasBegun: boolean;
  /** From now on its time runs: a call that waits for its turn has not used any. Safe to repeat. */
  readonly begin: () => void;
  /** Why the signal was aborted. */
  readonly endedBy: () => 'caller' | 'deadline' | 'closing';
}
