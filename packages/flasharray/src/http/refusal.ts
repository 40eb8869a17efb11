import type { ArrayErrorCode } from '../port/array-error.ts';
import type { HttpReply } from './transport.ts';

/** What an array says when it refuses, in the port's words. */
export interface Refusal {
  readonly code: ArrayErrorCode;
  /** The array's own words where it gave any. */
  readonly message: string;
  readonly context: string | null;
}

/** One entry of an array's error body. */
export interface ErrorEntry {
  readonly message: string;
  readonly context: string | null;
}

/**
 * Which message means what, each row with a captured reply that proves it. The first row whose pattern matches counts.
 */
export interface ErrorRow {
  readonly pattern: RegExp;
  readonly code: ArrayErrorCode;
  /** Complete body of a reply (HTTP 400) that the row is about. */
  readonly example: string;
}

/**
 * Puts an answer other than 200 into the port's words. Logical errors are all HTTP 400 and told apart by the table;
 * other statuses speak for themselves, and a gateway in between may have given them any body.
 */
export function refusalOf(
  reply: HttpReply,
  table: readonly ErrorRow[],
  entries: readonly ErrorEntry[],
): Refusal {
  const [first] = entries;
  const code = reply.status === 400 ? codeOfMessage(table, first?.message) : codeOfStatus(reply.status);
  const message = entries.length === 0 ? undefined : entries.map((entry) => entry.message).join(' ');
  return {
    code,
    message: message ?? `The array answered HTTP ${reply.status} without a message.`,
    context: first?.context ?? null,
  };
}

function codeOfMessage(table: readonly ErrorRow[], message: string | undefined): ArrayErrorCode {
  const row = message === undefined ? undefined : table.find(({ pattern }) => pattern.test(message));
  return row?.code ?? 'invalid';
}

/**
 * Statuses of both generations: 404 and 405 only for unknown paths and versions, 450 for a REST 1 version that is not
 * served any more, 207 for answers with parts missing.
 */
function codeOfStatus(status: number): ArrayErrorCode {
  if (status >= 500) {
    return 'array-failure';
  }
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
    case 405:
    case 450:
      return 'unsupported';
    case 429:
      return 'rate-limited';
    default:
      return status >= 400 ? 'invalid' : 'malformed-reply';
  }
}
