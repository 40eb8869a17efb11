/** One request as the array saw it. Tokens, sessions, passwords and CHAP secrets are masked as `****`. */
export type LoggedRequest = {
  /** Counts up from 1 over the life of the array; never reused. */
  readonly sequence: number;
  readonly method: string;
  /** The part after `/api/X.Y/`, decoded: `volumes`, `host/h1/volume/v1`, `api_version`. */
  readonly path: string;
  /** REST version asked, or null for `api_version` and foreign paths. */
  readonly version: string | null;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON body, or null. */
  readonly body: unknown;
  /** HTTP status sent; null while in flight, and when no reply was sent. */
  readonly status: number | null;
  readonly userAgent: string | null;
  /** User of the session, or null. */
  readonly user: string | null;
  /** Arrival, ISO 8601 UTC, by the simulated clock. */
  readonly at: string;
  /** Whether the request reached the model and was carried out there (reads too); refused requests are not applied. */
  readonly applied: boolean;
};

/** What the `log` option of the simulator gets: one entry a request, when it is over. */
export type SimulatorLogEntry = LoggedRequest & { readonly array: string; readonly milliseconds: number };
