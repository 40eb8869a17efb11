/** How a command ends: the codes are part of its interface. */
export const exitCode = {
  ok: 0,
  /** It ran and failed. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The configuration is wrong; nothing was started. */
  configuration: 78,
  /** Something it needs is taken: a port, a state folder. */
  busy: 75,
} as const;

/** A failure with what to do about it; the command prints it and ends with the code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: number;
  readonly advice: string | null;

  constructor(code: number, message: string, advice: string | null = null, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.advice = advice;
  }
}

/** The operating system's word for a failed call (`EADDRINUSE`), or null. */
export function systemCode(error: unknown): string | null {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  return typeof code === 'string' ? code : null;
}
