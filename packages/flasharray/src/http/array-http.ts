import type { Clock, Logger } from '@cinder-flasharray/common';
import { ArrayError, type ArrayErrorCode } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import { abortable } from './abortable.ts';
import { backoff, maxAttempts, retryAfter } from './backoff.ts';
import type { Call } from './call.ts';
import { Slots } from './slots.ts';
import type { Timeouts } from './timeouts.ts';
import { type HttpMethod, type HttpReply, maxConnections, type Transport } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';
import { withoutSecrets } from './without-secrets.ts';

/** One request in the adapters' words. */
export interface ArrayRequest {
  readonly method: HttpMethod;
  /** Path and query, encoded. */
  readonly path: string;
  /** For errors: `POST volumes`. */
  readonly operation: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  /** Changes nothing that anybody would miss or notice: repeated freely. Default: only GET. */
  readonly harmless?: boolean;
}

export interface ArrayHttpOptions {
  readonly transport: Transport;
  /** Address of the array, for errors and the log. */
  readonly array: string;
  readonly userAgent: string;
  readonly timeouts: Timeouts;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Requests to one array under a deadline, repeated where that does no harm. Knows no session and no resource. */
export class ArrayHttp {
  readonly array: string;
  readonly #options: ArrayHttpOptions;
  readonly #closing = new AbortController();
  readonly #slots = new Slots(maxConnections);

  constructor(options: ArrayHttpOptions) {
    this.array = options.array;
    this.#options = options;
  }

  /** Runs one call of the port: everything in it shares the total deadline and the caller's signal. */
  async run<T>(options: CallOptions | undefined, work: (call: Call) => Promise<T>): Promise<T> {
    const { clock, timeouts } = this.#options;
    const deadline = new AbortController();
    const finished = new AbortController();
    const signals = [this.#closing.signal, deadline.signal];
    const caller = options?.signal;
    let begun: number | null = null;
    const call: Call = {
      signal: AbortSignal.any(caller === undefined ? signals : [...signals, caller]),
      get deadline() {
        return begun === null ? Number.POSITIVE_INFINITY : begun + timeouts.total;
      },
      get hasBegun() {
        return begun !== null;
      },
      begin: () => {
        if (begun !== null) {
          return;
        }
        begun = clock.elapsed();
        clock.wait(timeouts.total, finished.signal).then(
          () => deadline.abort(),
          // The wait ends early, by rejecting, when the work is done first.
          () => undefined,
        );
      },
      endedBy: () =>
        this.#closing.signal.aborted ? 'closing' : deadline.signal.aborted ? 'deadline' : 'caller',
    };
    try {
      return await work(call);
    } finally {
      finished.abort();
    }
  }

  /** From now on every call, also one under way, ends with `cancelled`. */
  stop(): void {
    this.#closing.abort();
  }

  /**
   * Sends a request until an answer comes that is worth giving to the caller: any but 429 and, where repeating does no
   * harm, 5xx.
   * @throws ArrayError when no answer comes
   */
  async send(call: Call, request: ArrayRequest): Promise<HttpReply> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(call, request);
      const wait = attempt < maxAttempts ? this.#waitBefore(attempt, request, outcome) : null;
      const hopeless = wait === null || this.#options.clock.elapsed() + wait >= call.deadline;
      if (hopeless) {
        if (outcome.kind === 'failed') {
          throw this.#failure(call, request, outcome.failure);
        }
        return outcome.reply;
      }
      await this.#pause(call, request, wait);
    }
  }

  /** Waits for work shared with other calls, as long as this call lasts. */
  async join<T>(call: Call, request: ArrayRequest, shared: Promise<T>): Promise<T> {
    try {
      return await abortable(shared, call.signal);
    } catch (error) {
      throw error instanceof ArrayError
        ? error
        : this.#failure(call, request, new TransportFailure('aborted', false, error));
    }
  }

  /** Sends once, without retries and also after `stop`; for the logout. Null when no answer came. */
  async sendOnce(request: ArrayRequest, timeout: number): Promise<HttpReply | null> {
    const { clock } = this.#options;
    const deadline = new AbortController();
    const finished = new AbortController();
    clock.wait(timeout, finished.signal).then(
      () => deadline.abort(),
      // The answer came first.
      () => undefined,
    );
    const call: Call = {
      signal: deadline.signal,
      deadline: clock.elapsed() + timeout,
      hasBegun: true,
      begin: () => undefined,
      endedBy: () => 'deadline',
    };
    const outcome = await this.#sendNow(call, request);
    finished.abort();
    return outcome.kind === 'answered' ? outcome.reply : null;
  }

  /** An error about `request`. A read, or what the array refused, was certainly not applied. */
  error(
    request: ArrayRequest,
    details: {
      readonly code: ArrayErrorCode;
      readonly message: string;
      readonly context?: string | null;
      readonly status?: number | null;
      readonly applied?: 'no' | 'unknown';
      readonly cause?: unknown;
    },
  ): ArrayError {
    const plain = (text: string): string => withoutSecrets(text, request);
    return new ArrayError({
      code: details.code,
      message: plain(details.message),
      context: details.context === undefined || details.context === null ? null : plain(details.context),
      array: this.array,
      operation: request.operation,
      status: details.status ?? null,
      applied: isHarmless(request) ? 'no' : (details.applied ?? 'no'),
      cause: details.cause,
    });
  }

  /** One try, when it is its turn. */
  async #attempt(call: Call, request: ArrayRequest): Promise<Outcome> {
    try {
      await this.#slots.enter(call.hasBegun, call.signal);
    } catch (error) {
      return { kind: 'failed', failure: new TransportFailure('aborted', false, error) };
    }
    call.begin();
    try {
      return await this.#sendNow(call, request);
    } finally {
      this.#slots.leave();
    }
  }

  async #sendNow(call: Call, request: ArrayRequest): Promise<Outcome> {
    if (call.signal.aborted) {
      return { kind: 'failed', failure: new TransportFailure('aborted', false, call.signal.reason) };
    }
    const { transport, clock, userAgent } = this.#options;
    const started = clock.elapsed();
    try {
      const reply = await transport.send(
        {
          method: request.method,
          path: request.path,
          headers: {
            'user-agent': userAgent,
            accept: 'application/json',
            ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
            ...request.headers,
          },
          body: request.body ?? null,
        },
        call.signal,
      );
      this.#log(request, started, reply.status, null);
      return { kind: 'answered', reply };
    } catch (error) {
      if (!(error instanceof TransportFailure)) {
        throw error;
      }
      this.#log(request, started, null, error.kind);
      return { kind: 'failed', failure: error };
    }
  }

  /** Milliseconds to wait before the request is sent again, or null when it is not to be. */
  #waitBefore(attempt: number, request: ArrayRequest, outcome: Outcome): number | null {
    const { clock, random } = this.#options;
    const repeatable = isHarmless(request);
    const jittered = backoff(attempt, random());
    if (outcome.kind === 'answered') {
      const { status, headers } = outcome.reply;
      // A request over the rate limit was refused, so it is repeated whatever it does.
      if (status === 429 || (status === 503 && repeatable)) {
        return retryAfter(headers['retry-after'], clock.now()) ?? jittered;
      }
      return status >= 500 && repeatable ? jittered : null;
    }
    const { kind, sent } = outcome.failure;
    const worthIt = kind === 'unreachable' || kind === 'timed-out';
    return worthIt && (repeatable || !sent) ? jittered : null;
  }

  async #pause(call: Call, request: ArrayRequest, milliseconds: number): Promise<void> {
    try {
      await abortable(this.#options.clock.wait(milliseconds, call.signal), call.signal);
    } catch (error) {
      throw this.#failure(call, request, new TransportFailure('aborted', false, error));
    }
  }

  #failure(call: Call, request: ArrayRequest, failure: TransportFailure): ArrayError {
    const applied = failure.sent ? 'unknown' : 'no';
    const fail = (code: ArrayErrorCode, message: string) =>
      this.error(request, { code, message, applied, cause: failure });
    if (failure.kind !== 'aborted') {
      return fail(failure.kind, `${this.array}: ${failure.message}`);
    }
    switch (call.endedBy()) {
      case 'deadline':
        return fail('timed-out', `${this.array}: no answer within ${this.#options.timeouts.total} ms`);
      case 'closing':
        return fail('cancelled', `${this.array}: the client is closed`);
      case 'caller':
        return fail('cancelled', `${this.array}: the call was aborted`);
    }
  }

  /** Never the query (it may be long), the headers or a body (they hold secrets). */
  #log(request: ArrayRequest, started: number, status: number | null, failure: string | null): void {
    const { logger, clock } = this.#options;
    logger.debug(
      {
        array: this.array,
        method: request.method,
        path: request.path.replace(/\?.*$/s, ''),
        status,
        failure,
        ms: clock.elapsed() - started,
      },
      'array request',
    );
  }
}

function isHarmless(request: ArrayRequest): boolean {
  return request.harmless ?? request.method === 'GET';
}

type Outcome =
  | { readonly kind: 'answered'; readonly reply: HttpReply }
  | { readonly kind: 'failed'; readonly failure: TransportFailure };
