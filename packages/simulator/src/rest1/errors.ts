import type { ApiReply } from '../http/messages.ts';

/** An entry of a REST 1 error body. */
export type Rest1ErrorEntry = { readonly context: string | null; readonly message: string };

/** An error reply: a list of objects, the key `pure_err_key` first (purity-rest-1.x.md section 1.6). */
export function errorRest1(status: number, ...entries: readonly Rest1ErrorEntry[]): ApiReply {
  const body = entries.map(({ context, message }) => ({
    pure_err_key: 'err.friendly',
    code: 0,
    ctx: context,
    pure_err_code: 1,
    msg: message,
  }));
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    user: null,
  };
}
