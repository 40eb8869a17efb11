/** The time and the signal that one call of the port has, however many HTTP requests it makes. */
export interface Call {
  /** Aborted by the caller, by the deadline, or because the client is being closed. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Why the signal was aborted. */
  readonly endedBy: () => 'caller' | 'deadline' | 'closing';
}
