/** What a command may do to the world around it. */
export interface CommandIo {
  /** A line on standard output: the command's result. */
  out(line: string): void;
  /** A line on standard error: progress and trouble. */
  error(line: string): void;
  /** Standard output is a terminal: text for people, else JSON lines. */
  readonly interactive: boolean;
  /** Resolves at SIGINT or SIGTERM. */
  readonly stopped: Promise<void>;
  /** Resolves when standard input ends. */
  stdinEnded(): Promise<void>;
}

export function processIo(): CommandIo {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => resolve());
  }
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
    interactive: process.stdout.isTTY === true,
    stopped,
    stdinEnded: () =>
      new Promise((ended) => {
        process.stdin
          .once('end', ended)
          .once('error', () => ended())
          .resume();
      }),
  };
}
