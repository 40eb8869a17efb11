import type { LoggedRequest } from './requests.ts';

/** Which requests a fault or a hold is about. Every given part must match. */
export type RequestMatch = {
  /** HTTP method, any case. */
  readonly method?: string;
  /**
   * The part of the path after `/api/X.Y/`: a prefix that ends at a path segment (`volumes` matches `volumes` and
   * `volumes/tags`), or a regular expression between slashes (`/^volumes$/`). Login, logout and the version list are
   * only matched when they are named: `login`, `auth/session`, `api_version`.
   */
  readonly path?: string;
  /** Query parameters (REST 1: parameters of query and body together) that must have exactly this text. */
  readonly query?: Readonly<Record<string, string>>;
};

/** What goes wrong when a fault strikes. */
export type FaultEffect =
  /**
   * An error reply instead of the request being applied. `message` and `context` fill the error body of the REST
   * generation asked; without a message a 5xx has a body that is not JSON; `raw` is sent as it is.
   */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly context?: string;
      readonly raw?: string;
    }
  /** The request is applied and answered this much later. Milliseconds of the network's time, which `advance` does not move. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Never applied, never answered: the connection stays open until the client or the simulator closes it. */
  | { readonly kind: 'hang' }
  /** The connection is cut, without or with the request having been applied. */
  | { readonly kind: 'cut'; readonly phase: 'before-apply' | 'after-apply' }
  /** Applied, then half of the reply is sent and the connection cut. */
  | { readonly kind: 'half-body' }
  /** Somebody else deletes this host (with its connections) right before the request is applied. */
  | { readonly kind: 'delete-host'; readonly host: string };

/** A fault: after `skip` matching requests it strikes the next `times` ones. */
export type Fault = {
  readonly match?: RequestMatch;
  /** Matching requests to let pass first. Default 0. */
  readonly skip?: number;
  /** How often it strikes; default 1; `null` (or Infinity) for always. */
  readonly times?: number | null;
} & FaultEffect;

/** A fault that is armed, with how often it struck. */
export type ArmedFault = Fault & { readonly id: string; readonly struck: number };

/** A hold: the next matching request waits until it is released. */
export type Hold = {
  readonly match?: RequestMatch;
  /** Matching requests to let pass first. Default 0. */
  readonly skip?: number;
  /** Wait before the request has any effect, or after it took effect and before the reply. */
  readonly phase: 'before-apply' | 'before-reply';
};

/** How a wait for a hold ended. */
export type HoldOutcome =
  | { readonly kind: 'held'; readonly request: LoggedRequest }
  | { readonly kind: 'timeout' };
