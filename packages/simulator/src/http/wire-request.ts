import { type ApiRequest, parseBody } from './messages.ts';

/** A complete HTTP request to an array. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function toApiRequest({ method, path: url, headers, body }: WireRequest): ApiRequest {
  const question = url.indexOf('?');
  const rawPath = question < 0 ? url : url.slice(0, question);
  const versioned = /^\/api\/(\d+\.\d+)\/(.*)$/.exec(rawPath);
  const path = versioned?.[2] ?? (rawPath === '/api/api_version' ? 'api_version' : rawPath);
  return {
    method,
    version: versioned?.[1] ?? null,
    path: decodePath(path.replace(/\/$/, '')),
    rawQuery: question < 0 ? '' : url.slice(question + 1),
    headers,
    body: parseBody(body, headers['content-type'] ?? ''),
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
