import { type ApiRequest, isObject, type Json } from '../http/messages.ts';
import { queryTexts } from './matching.ts';
import type { LoggedRequest } from './requests.ts';

/** The newest requests that are kept. */
const mostKept = 20_000;

/** Names of parameters and fields that are secrets, in both REST generations. */
const secretNames = new Set([
  'api_token',
  'password',
  'old_password',
  'host_password',
  'target_password',
  'connection_key',
  'secret_access_key',
]);

/** What arrived at an array, in order. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  #sequence = 0;

  add(request: ApiRequest, at: string): LoggedRequest {
    this.#sequence += 1;
    const entry: LoggedRequest = {
      sequence: this.#sequence,
      method: request.method,
      path: request.path,
      version: request.version,
      query: maskTexts(queryTexts(request)),
      body: bodyFor(request),
      status: null,
      userAgent: request.headers['user-agent'] ?? null,
      user: null,
      at,
      applied: false,
    };
    this.#entries.push(entry);
    if (this.#entries.length > mostKept * 1.1) this.#entries = this.#entries.slice(-mostKept);
    return entry;
  }

  /** Replaces an entry by what is known now. */
  update(sequence: number, known: Partial<Pick<LoggedRequest, 'status' | 'user' | 'applied'>>): void {
    const index = this.#entries.findLastIndex((entry) => entry.sequence === sequence);
    const entry = this.#entries[index];
    if (entry !== undefined) this.#entries[index] = { ...entry, ...known };
  }

  get(sequence: number): LoggedRequest | undefined {
    return this.#entries.findLast((entry) => entry.sequence === sequence);
  }

  since(sequence: number): readonly LoggedRequest[] {
    return this.#entries.filter((entry) => entry.sequence > sequence).slice(-mostKept);
  }

  clear(): void {
    this.#entries = [];
  }
}

function bodyFor(request: ApiRequest): Json {
  switch (request.body.kind) {
    case 'none':
    case 'unreadable':
      return null;
    case 'json':
      return mask(request.body.value);
    case 'form':
      return maskTexts(request.body.value);
  }
}

/** The same value with secrets as `****`. */
export function mask(value: Json): Json {
  if (Array.isArray(value)) return value.map(mask);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretNames.has(key) && typeof inner === 'string' && inner !== '' ? '****' : mask(inner),
    ]),
  );
}

function maskTexts(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, secretNames.has(key) && value !== '' ? '****' : value]),
  );
}
