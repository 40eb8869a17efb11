/** Time that passes while requests are served. Real, unless a simulation brings its own. */
export interface SimulatorTimers {
  /** Milliseconds; only differences mean anything. */
  now(): number;
  /** Runs `work` so many milliseconds from now. @returns ends it before it has run */
  after(milliseconds: number, work: () => void): () => void;
  /** Runs `work` when what has arrived already has been read. */
  afterInput(work: () => void): void;
}

/** Real time. */
export const systemTimers: SimulatorTimers = {
  now: () => performance.now(),
  after: (milliseconds, work) => {
    const handle = setTimeout(work, milliseconds);
    return () => clearTimeout(handle);
  },
  // Two turns: after a busy stretch requests may lie unread.
  afterInput: (work) => {
    setImmediate(() => setImmediate(work));
  },
};
