import { formatTimestamp } from './values.ts';

/** Where rows get their times and ids from. */
export interface RecordsSource {
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
}

export function timestampNow(source: RecordsSource): string {
  return formatTimestamp(source.now());
}
