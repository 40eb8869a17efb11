import { z } from 'zod';
import type { ArrayRequest } from '../http/array-http.ts';
import type { Call } from '../http/call.ts';
import { optional, readJson } from '../http/json-reply.ts';
import { laterStep } from '../http/later-step.ts';
import type { SessionHttp } from '../http/session-http.ts';
import type { HttpMethod } from '../http/transport.ts';
import type { ArrayError, ArrayErrorCode } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import { formatRestVersion, isAtLeast, type RestVersion } from '../shared/negotiate.ts';
import { isObjectName } from '../shared/object-name.ts';
import type { SpokenVersion } from '../shared/spoken-version.ts';
import { divided, formatQuery, type Query } from './query.ts';

/** What a list may hold at most, so that an array that never ends a list does not fill the memory. */
const maxPages = 10_000;
/** The array's own cap (REST 2.x section 12). */
const pageSize = 1000;

/** Requests of REST 2.x: resources by name, JSON in, `items` out. */
export class Rest2Client {
  readonly #http: SessionHttp;
  readonly #version: SpokenVersion;

  constructor(http: SessionHttp, version: SpokenVersion) {
    this.#http = http;
    this.#version = version;
  }

  /** True when the version agreed on has what arrived in REST 2.`minor`. */
  has(minor: number): boolean {
    return isAtLeast(this.#version.current, { major: 2, minor });
  }

  /** Runs one call of the port under its deadline and signal. */
  run<T>(options: CallOptions | undefined, work: (call: Call) => Promise<T>): Promise<T> {
    return this.#http.run(options, work);
  }

  /** Name of the user that the session belongs to. */
  user(call: Call): Promise<string> {
    return this.#http.user(call);
  }

  /** One page of rows; all of them where there are fewer than a page holds. */
  async items<T>(call: Call, resource: string, query: Query, row: z.ZodType<T>): Promise<readonly T[]> {
    return (await this.#page(call, resource, query, row)).items;
  }

  /** All rows, page after page; more names than fit into one request are asked for by several, side by side. */
  async all<T>(call: Call, resource: string, query: Query, row: z.ZodType<T>): Promise<readonly T[]> {
    const lists = divided(query).map(async (part) => {
      const rows: T[] = [];
      for await (const page of this.#pages((work) => work(call), resource, part, row)) {
        rows.push(...page);
      }
      return rows;
    });
    return (await Promise.all(lists)).flat();
  }

  /** All rows for a caller who may stop early. Each page is a call of the port, with a deadline of its own. */
  pages<T>(
    options: CallOptions | undefined,
    resource: string,
    query: Query,
    row: z.ZodType<T>,
  ): AsyncIterable<readonly T[]> {
    return this.#pages((work) => this.run(options, work), resource, { ...query, limit: pageSize }, row);
  }

  /** The row of a resource that has exactly one. */
  async one<T>(call: Call, resource: string, row: z.ZodType<T>): Promise<T> {
    const request = this.#request('GET', resource, {});
    const reply = await this.#http.exchange(call, request);
    return readJson(this.#http, request, reply, z.object({ items: z.tuple([row], z.unknown()) })).items[0];
  }

  /** How many rows there are, without reading one. */
  async count(call: Call, resource: string): Promise<number> {
    const query = { limit: 0, total_item_count: true };
    const request = this.#request('GET', resource, query);
    const reply = await this.#http.exchange(call, request);
    return readJson(this.#http, request, reply, countReply).total_item_count;
  }

  /** The sums over all rows of a resource, without reading one. */
  async total<T>(call: Call, resource: string, sums: z.ZodType<T>): Promise<T> {
    const request = this.#request('GET', resource, { total_only: true });
    const reply = await this.#http.exchange(call, request);
    const schema = z.object({ total: z.tuple([sums], z.unknown()) });
    return readJson(this.#http, request, reply, schema).total[0];
  }

  /** Sends a change and reads the one object it answers with. */
  async change<T>(
    call: Call,
    method: 'POST' | 'PATCH',
    resource: string,
    query: Query,
    body: object,
    row: z.ZodType<T>,
  ): Promise<T> {
    const request = this.#request(method, resource, query, body);
    const reply = await this.#http.exchange(call, request);
    const schema = z.object({ items: z.tuple([row], z.unknown()) });
    return readJson(this.#http, request, reply, schema).items[0];
  }

  /**
   * Sends a change whose answer says nothing that anybody needs, but proves that an array gave it: `items`, and nothing
   * at all after a DELETE (REST 2.x section 3). Something in between may answer 200 for the array. More names than fit into
   * one request are changed by several, one after the other.
   */
  async send(
    call: Call,
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    resource: string,
    query: Query,
    body?: object,
  ): Promise<void> {
    for (const [index, part] of divided(query).entries()) {
      const step = this.#send(call, this.#request(method, resource, part, body));
      await (index === 0 ? step : laterStep(step));
    }
  }

  async #send(call: Call, request: ArrayRequest): Promise<void> {
    const reply = await this.#http.exchange(call, request);
    if (request.method !== 'DELETE') {
      readJson(this.#http, request, reply, changedReply);
    } else if (reply.text.trim() !== '') {
      readJson(this.#http, request, reply, removedReply);
    }
  }

  /** An error about an object whose state is known without asking for the change that is not possible in it. */
  refused(
    method: HttpMethod,
    resource: string,
    code: ArrayErrorCode,
    name: string,
    message: string,
  ): ArrayError {
    return this.#http.error(this.#request(method, resource, {}), { code, message, context: name });
  }

  async #page<T>(call: Call, resource: string, query: Query, row: z.ZodType<T>): Promise<Page<T>> {
    const request = this.#request('GET', resource, query);
    const reply = await this.#http.exchange(call, request);
    return readJson(this.#http, request, reply, pageOf(row));
  }

  async *#pages<T>(
    run: (work: (call: Call) => Promise<Page<T>>) => Promise<Page<T>>,
    resource: string,
    query: Query,
    row: z.ZodType<T>,
  ): AsyncGenerator<readonly T[]> {
    let position: Query = {};
    let offset = 0;
    const tokens = new Set<string>();
    for (let pages = 0; pages < maxPages; pages += 1) {
      const at = { ...query, ...position };
      const page = await run((call) => this.#page(call, resource, at, row));
      if (page.items.length > 0) {
        yield page.items;
      }
      if (page.more_items_remaining !== true || page.items.length === 0) {
        return;
      }
      offset += page.items.length;
      const token = page.continuation_token;
      if (token !== null && tokens.has(token)) {
        throw this.#endless(resource, query, 'comes back to a page that was read already');
      }
      tokens.add(token ?? '');
      position = token === null ? { offset } : { continuation_token: token };
    }
    throw this.#endless(resource, query, `does not end after ${maxPages} pages`);
  }

  #endless(resource: string, query: Query, how: string): ArrayError {
    return this.#http.error(this.#request('GET', resource, query), {
      code: 'malformed-reply',
      message: `The list of ${resource} ${how}.`,
    });
  }

  #request(method: HttpMethod, resource: string, query: Query, body?: object): ArrayRequest {
    const request: ArrayRequest = {
      method,
      path: `${rest2Base(this.#version.current)}/${resource}${formatQuery(query)}`,
      operation: `${method} ${resource}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    this.#refuseUnspeakable(request, query);
    return request;
  }

  /** A name with a comma in it would act on two objects. */
  #refuseUnspeakable(request: ArrayRequest, query: Query): void {
    for (const [parameter, value] of Object.entries(query)) {
      const isNames = parameter === 'names' || parameter.endsWith('_names');
      const wrong = (Array.isArray(value) ? value : []).find((text: string) =>
        isNames ? !isObjectName(text) : text.includes(','),
      );
      if (wrong !== undefined) {
        throw this.#http.error(request, {
          code: request.method === 'POST' || !isNames ? 'invalid' : 'not-found',
          message: `No object of an array can have the name ${JSON.stringify(wrong)}.`,
          context: String(wrong),
        });
      }
    }
  }
}

/** `/api/2.26` */
export function rest2Base(version: RestVersion): string {
  return `/api/${formatRestVersion(version)}`;
}

const changedReply = z.object({ items: z.array(z.unknown()) });
/** Whoever deletes more than one thing may be told of each. */
const removedReply = z.strictObject({ items: z.array(z.unknown()).optional() });
const countReply = z.object({ total_item_count: z.int().nonnegative() });

interface Page<T> {
  readonly items: readonly T[];
  readonly continuation_token: string | null;
  readonly more_items_remaining: boolean | null;
}

function pageOf<T>(row: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.object({
    items: z.array(row),
    continuation_token: optional(z.string()),
    more_items_remaining: optional(z.boolean()),
  });
}
