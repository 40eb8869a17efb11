import type { LogFields, Logger } from '@cinder-flasharray/common';
import { type DestinationStream, type Level, type Logger as PinoLogger, pino } from 'pino';
import { build as buildPretty } from 'pino-pretty';

export interface LoggerOptions {
  readonly level: Extract<Level, 'debug' | 'info' | 'warn' | 'error'>;
  /** Where lines go; standard error unless given. */
  readonly destination?: DestinationStream;
  /** Readable lines; else one JSON object a line. */
  readonly pretty: boolean;
}

/** An error as a log line shows it: what it says and what caused it, no objects it may carry. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) {
    return error;
  }
  const code: unknown = Reflect.get(error, 'code');
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause === undefined ? {} : { cause: errorFields(error.cause) }),
  };
}

/** The service's logger. Fields are allowed by type (`LogFields`), so that no request, reply or secret gets in. */
export function createLogger(options: LoggerOptions): Logger {
  const destination =
    options.destination ??
    (options.pretty
      ? buildPretty({ destination: 2, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
      : pino.destination(2));
  const target = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
  return {
    debug: (fields, message) => write(target, 'debug', fields, message),
    info: (fields, message) => write(target, 'info', fields, message),
    warn: (fields, message) => write(target, 'warn', fields, message),
    error: (fields, message) => write(target, 'error', fields, message),
  };
}

function write(target: PinoLogger, level: LoggerOptions['level'], fields: LogFields, message: string): void {
  const shown = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, errorFields(value)]));
  target[level](shown, message);
}
