import { StoreError } from '../errors.ts';
import type { JsonObject } from '../records.ts';

const timestampPattern = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/;

/**
 * A time as Cinder keeps it on SQLite: UTC, without zone, with six digits of a second.
 * @param time milliseconds since the epoch
 */
export function formatTimestamp(time: number): string {
  const text = new Date(time).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 23)}000`;
}

export function formatDate(date: Date | null): string | null {
  return date === null ? null : formatTimestamp(date.getTime());
}

/** The reverse of formatTimestamp, to the millisecond. @returns null when the text is no such time */
export function parseTimestamp(text: string): Date | null {
  const match = timestampPattern.exec(text);
  if (match === null) {
    return null;
  }
  const [, day, time, fraction = ''] = match;
  const date = new Date(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A boolean as SQLite keeps it. */
export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

export function formatJson(value: JsonObject | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** @returns null when the text is not a JSON object */
export function parseJsonObject(text: string): JsonObject | null {
  const value = parseJson(text);
  return isObject(value) ? value : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw new StoreError('failure', 'cannot read JSON', { cause: error });
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
