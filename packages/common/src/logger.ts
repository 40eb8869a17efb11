/** Values a log line may carry: an allow-list by type; whole requests, replies and objects do not fit. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | Error>>;

/** The four levels the project logs at. pino's loggers fit. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

const ignore = (): void => undefined;

/** For callers that have nowhere to log to. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
