import type { ApiReply, ApiRequest } from '../http/messages.ts';
import { settle } from '../model/fleet/settle.ts';
import { expire } from '../model/rules/expiry.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import { errorRest1 } from '../rest1/errors.ts';
import { answerRest1 } from '../rest1/front-end.ts';
import { answerRest2, errorRest2, notFoundRest2 } from '../rest2/front-end.ts';
import { isPublishedRestVersion } from './purity-versions.ts';

/** What the front ends need to know beside the model. */
export type AnswerOptions = { readonly strict: boolean; readonly pageCap: number };

/** Carries out a request, at once and as a whole. */
export function answer(model: ArrayModel, options: AnswerOptions, request: ApiRequest): ApiReply {
  settle(model.fleet);
  expire(model);
  if (request.path === 'api_version' && request.version === null) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ version: model.settings.restVersions }),
      user: null,
    };
  }
  if (request.version === null) return notFoundRest2(request);
  if (model.settings.restVersions.includes(request.version)) {
    return generationOf(request) === 1
      ? answerRest1(model, options, request)
      : answerRest2(model, options, request);
  }
  // A REST 1 version that exists but is not served (any more) has a status of its own.
  return generationOf(request) === 1 && isPublishedRestVersion(request.version)
    ? errorRest1(450, { context: null, message: 'REST version is not supported.' })
    : notFoundRest2(request);
}

/** The error reply of a fault, in the form of the REST generation asked. */
export function faultReply(
  request: ApiRequest,
  fault: {
    readonly status: number;
    readonly message?: string;
    readonly context?: string;
    readonly raw?: string;
  },
): ApiReply {
  if (fault.raw !== undefined) {
    return { status: fault.status, headers: { 'content-type': 'text/plain' }, body: fault.raw, user: null };
  }
  if (fault.status >= 500 && fault.message === undefined) {
    const body = '<html><body><h1>Service unavailable</h1></body></html>';
    return { status: fault.status, headers: { 'content-type': 'text/html' }, body, user: null };
  }
  const entry = { context: fault.context ?? null, message: fault.message ?? defaultMessage(fault.status) };
  return generationOf(request) === 1
    ? errorRest1(fault.status, entry)
    : errorRest2(request, fault.status, entry);
}

function generationOf(request: ApiRequest): 1 | 2 {
  return request.version?.startsWith('1.') === true ? 1 : 2;
}

function defaultMessage(status: number): string {
  switch (status) {
    case 401:
      return 'Invalid or expired session.';
    case 403:
      return 'Operation not permitted.';
    case 404:
      return 'Not found.';
    case 429:
      return 'Too many requests.';
    default:
      return 'Invalid parameter.';
  }
}
