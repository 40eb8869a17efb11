/** Values of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** The body of a request as it was understood. */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'form'; readonly value: Readonly<Record<string, string>> }
  /** Neither JSON nor a form. */
  | { readonly kind: 'unreadable' };

/** A request to an array, parsed as far as both REST generations agree. */
export type ApiRequest = {
  readonly method: string;
  /** `1.19`, `2.4`; null for paths without a version. */
  readonly version: string | null;
  /** What follows `/api/X.Y/`, decoded. */
  readonly path: string;
  /** The query string as sent, without `?`. */
  readonly rawQuery: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
};

/** A reply of an array. `body` null: empty. */
export type ApiReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** User of the session, for the request log. */
  readonly user: string | null;
};

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a body by its content type: JSON unless it says that it is a form. */
export function parseBody(text: string, contentType: string): RequestBody {
  if (text.trim() === '') return { kind: 'none' };
  if (contentType.includes('application/x-www-form-urlencoded')) {
    return { kind: 'form', value: Object.fromEntries(new URLSearchParams(text)) };
  }
  try {
    const value: Json = JSON.parse(text);
    return { kind: 'json', value };
  } catch {
    return { kind: 'unreadable' };
  }
}

/**
 * Splits a query string into names and still encoded values: lists are split at literal commas before decoding, so
 * that an encoded comma can be part of an element.
 */
export function splitQuery(rawQuery: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodeQuery(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : part.slice(equals + 1);
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return parameters;
}

/** Decodes one element of a query string; what is not decodable is left as it is. */
export function decodeQuery(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
