import { type ApiRequest, decodeQuery, isObject, type Json, splitQuery } from '../http/messages.ts';

/** Parameters of a REST 1 request by name. */
export type Rest1Parameters = Readonly<Record<string, Json>>;

/**
 * The parameters of a REST 1 request: body (JSON or form, on any method) and query string together, the query wins
 * (purity-rest-1.x.md section 1.2). Bodies `null`, `{}` and none are the same.
 */
export function readParameters(request: ApiRequest): Rest1Parameters {
  const fromQuery: Record<string, Json> = {};
  for (const [key, value] of splitQuery(request.rawQuery)) fromQuery[key] = decodeQuery(value);
  const { body } = request;
  if (body.kind === 'form') return { ...body.value, ...fromQuery };
  if (body.kind === 'json' && isObject(body.value)) return { ...body.value, ...fromQuery };
  return fromQuery;
}
