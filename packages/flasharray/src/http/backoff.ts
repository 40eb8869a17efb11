/** Attempts of one request, the first included. */
export const maxAttempts = 4;

const base = 250;
const cap = 5_000;
/** A server may ask for more; then this is waited, and it may refuse again. */
const retryAfterCap = 30_000;

/**
 * Milliseconds to wait before attempt `attempt + 1`: full jitter over 250 ms, 500 ms, 1 s, ..., at most 5 s.
 * @param random 0 to 1
 */
export function backoff(attempt: number, random: number): number {
  return Math.floor(random * Math.min(cap, base * 2 ** (attempt - 1)));
}

/**
 * Milliseconds that a `Retry-After` header asks for (RFC 9110 section 10.2.3: seconds, or an HTTP date), at most 30 s.
 * Null when there is no such header or it makes no sense.
 */
export function retryAfter(header: string | readonly string[] | undefined, now: number): number | null {
  const text = typeof header === 'string' ? header.trim() : '';
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return text === '' || Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), retryAfterCap);
}
