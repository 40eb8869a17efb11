import type { RequestContext } from '@cinder-flasharray/block-storage';

/** One parsed request, with who asks. */
export interface ApiRequest {
  readonly context: RequestContext;
  /** Minor number of the microversion. */
  readonly minor: number;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON, or null without a body. */
  readonly body: unknown;
  /** What links begin with: `http://127.0.0.1:8776`. */
  readonly endpoint: string;
  /** The project of the path, or null when the path has none. */
  readonly pathProject: string | null;
  /** The path after version and project: `/volumes/detail`. */
  readonly resourcePath: string;
}

export interface ApiReply {
  readonly status: number;
  /** Absent: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Handler = (request: ApiRequest) => Promise<ApiReply>;

/** A route below `/v3/{project_id}` and `/v3`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/volumes/:id`. */
  readonly path: string;
  /** First microversion that has it; below, it is not found. */
  readonly since?: number;
  readonly handler: Handler;
}

export const ok = (body: unknown): ApiReply => ({ status: 200, body });
export const accepted = (body?: unknown): ApiReply =>
  body === undefined ? { status: 202 } : { status: 202, body };

/** A path parameter; the router has made sure that it is there. */
export function param(request: ApiRequest, name: string): string {
  return request.params[name] ?? '';
}
