import type { BlockStorageErrorCode } from '@cinder-flasharray/block-storage';

/** Names that Cinder's error bodies are wrapped in, by status; every other status is a `computeFault`. */
const faultNames: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

/** A refusal that the HTTP layer makes by itself. Its message goes to the client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status, 400 to 599. */
  readonly status: number;

  constructor(status: number, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.status = status;
  }
}

export const badRequest = (message: string): ApiError => new ApiError(400, message);

/** A route or action that a later microversion brings: Cinder answers as if the object were not there. */
export const hiddenByMicroversion = (): ApiError => new ApiError(404, 'The resource could not be found.');

/** `POST .../action` without one action that is known. */
export const noSuchAction = (name: string): ApiError =>
  badRequest(
    `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
  );

/** Status of every refusal of the service below. */
export const statusOf = {
  'invalid-input': 400,
  'invalid-volume': 400,
  'invalid-snapshot': 400,
  'invalid-attachment': 400,
  'invalid-group': 400,
  'invalid-group-snapshot': 400,
  'invalid-reference': 400,
  'volume-not-found': 404,
  'snapshot-not-found': 404,
  'attachment-not-found': 404,
  'volume-type-not-found': 404,
  'group-not-found': 404,
  'group-snapshot-not-found': 404,
  'group-type-not-found': 404,
  'qos-specs-not-found': 404,
  'service-not-found': 404,
  'message-not-found': 404,
  'marker-not-found': 404,
  'key-not-found': 404,
  conflict: 409,
  forbidden: 403,
  'over-quota': 413,
  'backend-failure': 500,
  'backend-unavailable': 500,
  'no-backend-up': 503,
  stopping: 503,
} as const satisfies Record<BlockStorageErrorCode, number>;

/** `{ "badRequest": { "code": 400, "message": "..." } }`; 413 also says when to try again. */
export function errorBody(status: number, message: string): Readonly<Record<string, unknown>> {
  const retry = status === 413 ? { retryAfter: '0' } : {};
  return { [faultNames[status] ?? 'computeFault']: { code: status, message, ...retry } };
}

/** What Cinder's router answers to a path or method it does not know. */
export const unknownRouteBody = {
  message: 'The resource could not be found.<br /><br />\n\n\n',
  code: '404 Not Found',
  title: 'Not Found',
} as const;

/** What a client learns of a failure that is nobody's refusal. */
export const unexpectedFailure =
  'The server has either erred or is incapable of performing the requested operation.';
