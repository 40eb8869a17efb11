import { z } from 'zod';
import type { ArrayRequest } from '../http/array-http.ts';
import type { Call } from '../http/call.ts';
import { readJson } from '../http/json-reply.ts';
import type { SessionHttp } from '../http/session-http.ts';
import type { HttpMethod, HttpReply } from '../http/transport.ts';
import type { ArrayError, ArrayErrorCode } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import { formatRestVersion, isAtLeast, type RestVersion } from '../shared/negotiate.ts';
import { isObjectName } from '../shared/object-name.ts';
import type { SpokenVersion } from '../shared/spoken-version.ts';

/** Parameters of a GET. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;
/** `['volume', 'pod1::v1', 'host']`: the words of a path; what is not a fixed word is a name. */
export type Path = readonly [resource: string, ...rest: string[]];

/** What a list may hold at most, so that an array that never ends a list does not fill the memory. */
const maxPages = 10_000;
const pageSize = 1000;
/** Paging arrives in REST 1.7 (section 1.5). */
const pagingVersion = 7;

/** Requests of REST 1.x: a path an object, parameters in the query of a GET and in the body of all else. */
export class Rest1Client {
  readonly #http: SessionHttp;
  readonly #version: SpokenVersion;

  constructor(http: SessionHttp, version: SpokenVersion) {
    this.#http = http;
    this.#version = version;
  }

  /** True when the version agreed on has what arrived in REST 1.`minor`. */
  has(minor: number): boolean {
    return isAtLeast(this.#version.current, { major: 1, minor });
  }

  /** Runs one call of the port under its deadline and signal. */
  run<T>(options: CallOptions | undefined, work: (call: Call) => Promise<T>): Promise<T> {
    return this.#http.run(options, work);
  }

  /** Name of the user that the session belongs to. */
  user(call: Call): Promise<string> {
    return this.#http.user(call);
  }

  async get<T>(call: Call, path: Path, parameters: Parameters, schema: z.ZodType<T>): Promise<T> {
    const request = this.#request('GET', path, formatQuery(parameters));
    return this.#read(request, await this.#http.exchange(call, request), schema);
  }

  /** Sends a change and reads what it answers with. */
  async change<T>(
    call: Call,
    method: 'POST' | 'PUT' | 'DELETE',
    path: Path,
    body: object,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const request = this.#request(method, path, '', body);
    return this.#read(request, await this.#http.exchange(call, request), schema);
  }

  /** Sends a change whose answer says nothing that anybody needs: which of them name what they changed is not known. */
  async send(call: Call, method: 'POST' | 'PUT' | 'DELETE', path: Path, body: object): Promise<void> {
    await this.change(call, method, path, body, z.unknown());
  }

  /** All rows of a list, page after page where the version pages. */
  async all<T>(call: Call, path: Path, parameters: Parameters, row: z.ZodType<T>): Promise<readonly T[]> {
    const rows: T[] = [];
    for await (const page of this.#pages((work) => work(call), path, parameters, row)) {
      rows.push(...page);
    }
    return rows;
  }

  /** All rows for a caller who may stop early. Each page is a call of the port, with a deadline of its own. */
  pages<T>(
    options: CallOptions | undefined,
    path: Path,
    parameters: Parameters,
    row: z.ZodType<T>,
  ): AsyncIterable<readonly T[]> {
    return this.#pages((work) => this.run(options, work), path, parameters, row);
  }

  /** How many rows a list has: from a header where the version pages, else by reading them all. */
  async count(call: Call, path: Path, parameters: Parameters): Promise<number> {
    if (!this.has(pagingVersion)) {
      return (await this.get(call, path, parameters, z.array(z.unknown()))).length;
    }
    const request = this.#request('GET', path, formatQuery({ ...parameters, start: 0, limit: 1 }));
    const reply = await this.#http.exchange(call, request);
    const header = reply.headers['x-total-item-count'];
    if (typeof header !== 'string' || !/^\d{1,15}$/.test(header)) {
      throw this.#malformed(request, reply, 'lacks the header x-total-item-count.');
    }
    return Number(header);
  }

  /**
   * An error about a request that was not made, because its outcome is known.
   * @param context the object that it is about
   */
  refused(
    method: HttpMethod,
    path: Path,
    code: ArrayErrorCode,
    message: string,
    context = path[1] ?? null,
  ): ArrayError {
    return this.#http.error(this.#request(method, path, ''), { code, message, context });
  }

  async *#pages<T>(
    run: <R>(work: (call: Call) => Promise<R>) => Promise<R>,
    path: Path,
    parameters: Parameters,
    row: z.ZodType<T>,
  ): AsyncGenerator<readonly T[]> {
    if (!this.has(pagingVersion)) {
      const rows = await run((call) => this.get(call, path, parameters, z.array(row)));
      for (let start = 0; start < rows.length; start += pageSize) {
        yield rows.slice(start, start + pageSize);
      }
      return;
    }
    let token: string | null = null;
    const tokens = new Set<string>();
    for (let pages = 0; pages < maxPages; pages += 1) {
      const at: Parameters = { ...parameters, limit: pageSize, ...(token === null ? {} : { token }) };
      const request = this.#request('GET', path, formatQuery(at));
      const reply: HttpReply = await run((call) => this.#http.exchange(call, request));
      const rows = this.#read(request, reply, z.array(row));
      if (rows.length > 0) {
        yield rows;
      }
      const next = reply.headers['x-next-token'];
      if (typeof next !== 'string' || next === '' || rows.length === 0) {
        return;
      }
      if (tokens.has(next)) {
        if (rows.length < pageSize) {
          return;
        }
        throw this.#endless(path, 'comes back to a page that was read already');
      }
      tokens.add(next);
      token = next;
    }
    throw this.#endless(path, `does not end after ${maxPages} pages`);
  }

  #endless(path: Path, how: string): ArrayError {
    return this.refused('GET', path, 'malformed-reply', `The list of ${path.join(' ')} ${how}.`);
  }

  #read<T>(request: ArrayRequest, reply: HttpReply, schema: z.ZodType<T>): T {
    // A page of a gateway or of the array's user interface comes with 200 as well.
    if (!/\bjson\b/i.test(reply.headers['content-type'] ?? '')) {
      throw this.#malformed(request, reply, 'is not JSON.');
    }
    return readJson(this.#http, request, reply, schema);
  }

  #malformed(request: ArrayRequest, reply: HttpReply, what: string): ArrayError {
    return this.#http.error(request, {
      code: 'malformed-reply',
      message: `The array's answer to ${request.operation} ${what}`,
      status: reply.status,
      applied: 'unknown',
    });
  }

  #request(method: HttpMethod, path: Path, query: string, body?: object): ArrayRequest {
    const request: ArrayRequest = {
      method,
      path: `${rest1Base(this.#version.current)}/${formatPath(path)}${query}`,
      operation: `${method} ${path[0]}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const wrong = namesIn(path).find((name) => !isObjectName(name));
    if (wrong !== undefined) {
      throw this.#http.error(request, {
        code: method === 'POST' ? 'invalid' : 'not-found',
        message: `No object of an array can have the name ${JSON.stringify(wrong)}.`,
        context: wrong,
      });
    }
    return request;
  }
}

/** `/api/1.19` */
export function rest1Base(version: RestVersion): string {
  return `/api/${formatRestVersion(version)}`;
}

/** What answers with one object in some versions and with a list of one in others. */
export function single<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value), schema);
}

/**
 * The words of a path joined by `/`. `::` and the `/` of a volume group travel as they are, as the array's own clients
 * send them (REST 1.x section 1.2); a tag's key may be anything and is encoded whole.
 */
export function formatPath(path: Path): string {
  const names = new Set(namesIn(path));
  return path
    .map((word) => encodeURIComponent(word))
    .map((word, index) =>
      names.has(path[index] ?? '') ? word.replaceAll('%3A', ':').replaceAll('%2F', '/') : word,
    )
    .join('/');
}

/** The names of objects in a path: `host/NAME/volume/NAME`. What follows `tags` is a key. */
function namesIn([, name, kind, other]: Path): readonly string[] {
  return [name, kind === 'tags' ? undefined : other].filter((word) => word !== undefined);
}

function formatQuery(parameters: Parameters): string {
  const parts = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
