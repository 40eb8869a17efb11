import { isObject, type Json, type JsonObject } from '../http/messages.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { BodyReader } from './body-reader.ts';
import { invalidParameter, Rest2Error } from './errors.ts';
import type { QueryReader } from './query-reader.ts';

/** Query parameter to the REST 2 minor version that brought it. */
export type QueryShape = Readonly<Record<string, number>>;

/**
 * Body field to the minor version that brought it; nested objects and lists of objects with their own fields, of which some
 * are cleared by an empty text.
 */
export type BodyShape = Readonly<
  Record<string, number | { readonly since: number; readonly fields: BodyShape; readonly clearable?: true }>
>;

/** One method of a path. */
export type MethodDefinition = {
  /** Minor version that brought it; default: the one of the endpoint. */
  readonly since?: number;
  readonly query: QueryShape;
  /** Absent: takes no body. */
  readonly body?: BodyShape;
  /** The body is a list of objects of that shape. */
  readonly bodyIsList?: boolean;
  readonly handle: (call: Rest2Call) => Rest2Result;
};

/** A path under `/api/2.N/`. */
export type EndpointDefinition = {
  readonly path: string;
  /** Minor version that brought it. */
  readonly since: number;
  readonly methods: Readonly<Partial<Record<'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', MethodDefinition>>>;
};

/** What a handler works on. */
export type Rest2Call = {
  readonly model: ArrayModel;
  /** N of the `/api/2.N/` asked. */
  readonly minor: number;
  readonly user: string;
  readonly query: QueryReader;
  /** The fields of the body (an empty object when there is none). */
  readonly body: BodyReader;
  /** The body as it came. */
  readonly rawBody: Json;
  /** Most rows of a page. */
  readonly pageCap: number;
  /** Whether this path continues pages by token in this version. */
  readonly hasContinuationToken: boolean;
};

/** What a handler answers: a JSON object, or an empty body. */
export type Rest2Result = JsonObject | null;

/** `{"items": [...]}`, the answer of POST, PATCH and PUT. */
export function items(rows: readonly JsonObject[]): JsonObject {
  return { items: rows };
}

/** `fields` from that minor version on, nothing before. */
export function since(call: Rest2Call, minor: number, fields: JsonObject): JsonObject {
  return call.minor >= minor ? fields : {};
}

/** Query parameters of every list. */
export const listQuery = {
  filter: 0,
  limit: 0,
  offset: 0,
  sort: 0,
  total_item_count: 0,
} as const satisfies QueryShape;

/** Fleet parameters of GET, and of everything else. */
export const fleetRead = fleetReadSince(38);
export const fleetWrite = { context_names: 38 } as const satisfies QueryShape;

/** Fleet parameters of a GET that learnt them later than the others. */
export function fleetReadSince(minor: number): {
  readonly context_names: number;
  readonly allow_errors: number;
} {
  return { context_names: minor, allow_errors: minor };
}

/** `{id, name}` in a body. */
export function referenceShape(minor = 0) {
  return { since: minor, fields: { id: 0, name: 0 } } as const;
}

/** `{bandwidth_limit, iops_limit}` in a body. */
export function qosShape(minor = 0) {
  return { since: minor, fields: { bandwidth_limit: 0, iops_limit: 0 } } as const;
}

/** Refuses query parameters that the method does not have in this version. */
export function checkQuery(method: MethodDefinition, minor: number, query: QueryReader): void {
  for (const key of query.keys()) {
    const introduced = method.query[key];
    if (introduced === undefined || introduced > minor) throw invalidParameter(key);
  }
}

/** Refuses body fields that the method does not have in this version. */
export function checkBody(method: MethodDefinition, minor: number, body: Json): void {
  const { body: shape } = method;
  if (shape === undefined) {
    if (!isObject(body) || Object.keys(body).length > 0) throw invalidParameter('body');
    return;
  }
  if (method.bodyIsList === true) {
    if (!Array.isArray(body)) throw new Rest2Error(400, [{ context: null, message: 'Invalid body.' }]);
    for (const element of body) checkFields(shape, minor, element, 'body');
    return;
  }
  checkFields(shape, minor, body, 'body');
}

function checkFields(shape: BodyShape, minor: number, value: Json, key: string): void {
  if (!isObject(value)) throw invalidParameter(key);
  for (const [field, inner] of Object.entries(value)) {
    const known = shape[field];
    if (known === undefined) throw invalidParameter(field);
    if (typeof known === 'number') {
      if (known > minor) throw invalidParameter(field);
      continue;
    }
    if (known.since > minor) throw invalidParameter(field);
    if (inner === '' && known.clearable === true) continue;
    for (const element of Array.isArray(inner) ? inner : [inner]) {
      checkFields(known.fields, minor, element, field);
    }
  }
}
