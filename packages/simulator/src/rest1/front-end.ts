import type { ApiReply, ApiRequest } from '../http/messages.ts';
import type { ArrayModel } from '../model/array-model.ts';
import { errorRest1 } from './errors.ts';

/** How the front end behaves beside the model. */
export type Rest1Options = { readonly pageCap: number };

/** Answers a request to `/api/1.N/...` of a version that the array offers. */
export function answerRest1(_model: ArrayModel, _options: Rest1Options, _request: ApiRequest): ApiReply {
  return errorRest1(404, { context: null, message: 'Not found.' });
}
