/** What went wrong in steering the simulator (not in a REST call: those answer as an array does). */
export type SimulatorErrorCode =
  /** No simulated array of that name. */
  | 'unknown-array'
  /** An option or argument is not usable; the message says which and why. */
  | 'invalid'
  /** The array's own rules refuse it; the message is the array's. */
  | 'refused'
  /** The fault, hold or gate is not there. */
  | 'not-found'
  /** The control interface of another process cannot be reached or answered nonsense. */
  | 'unreachable'
  /** A state file or certificate cannot be read or written. */
  | 'storage';

/** The one error class of this package. */
export class SimulatorError extends Error {
  readonly code: SimulatorErrorCode;

  constructor(code: SimulatorErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'SimulatorError';
    this.code = code;
  }
}
