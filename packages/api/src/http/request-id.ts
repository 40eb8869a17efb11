const requestIdPattern = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `req-<uuid>`, new for every request. */
export const newRequestId = (randomUuid: () => string): string => `req-${randomUuid()}`;

/**
 * The id that a calling service (nova) gave its own request, from the header `X-OpenStack-Request-ID`. Anything that is
 * no request id is dropped: it goes into log lines.
 */
export function globalRequestId(header: string | undefined): string | undefined {
  return header !== undefined && requestIdPattern.test(header) ? header : undefined;
}
