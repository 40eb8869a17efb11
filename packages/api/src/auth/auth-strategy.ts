import type { ApiError } from '../http/api-error.ts';
import type { Identity } from '../http/identity.ts';

/** What a strategy may look at. */
export interface AuthRequest {
  /** Value of a request header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The whole address: `http://127.0.0.1:8776/v3/...`. */
  readonly url: string;
}

export type Authentication =
  | { readonly kind: 'identity'; readonly identity: Identity }
  /** Answered at once, with these headers and no body. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly error: ApiError };

/** How requests are authenticated. */
export interface AuthStrategy {
  authenticate(request: AuthRequest): Promise<Authentication>;
}
