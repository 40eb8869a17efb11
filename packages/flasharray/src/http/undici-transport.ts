import { Agent, buildConnector, type Dispatcher } from 'undici';
import { abortable } from './abortable.ts';
import {
  type HttpReply,
  type HttpRequest,
  maxConnections,
  type Transport,
  type TransportOptions,
} from './transport.ts';
import { ConnectFailure, TransportFailure, transportFailure } from './transport-failure.ts';

/** The largest answers are REST 1.x listings without paging: some 300 bytes for each of 20000 volumes, twice over. */
const maxReplyBytes = 64 * 2 ** 20;

/** The pool of keep-alive connections to one array, over TLS. */
export class UndiciTransport implements Transport {
  readonly #agent: Agent;
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    const connector = buildConnector({ ...options.tls, allowH2: false, timeout: options.connectTimeout });
    this.#agent = new Agent({
      connections: maxConnections,
      pipelining: 1,
      allowH2: false,
      headersTimeout: options.idleTimeout,
      bodyTimeout: options.idleTimeout,
      maxResponseSize: maxReplyBytes,
      // Marks failures of the handshakes, which prove that no request was sent.
      connect: (target, done) =>
        connector(target, (error, socket) =>
          error === null ? done(null, socket) : done(new ConnectFailure(error), null),
        ),
    });
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const progress = { written: false };
    try {
      // undici notices the signal only once a connection stands, hence the race.
      return await abortable(this.#exchange(request, signal, progress), signal);
    } catch (error) {
      throw transportFailure(error, { written: progress.written, aborted: signal.aborted });
    }
  }

  async #exchange(
    request: HttpRequest,
    signal: AbortSignal,
    progress: { written: boolean },
  ): Promise<HttpReply> {
    const reply = await this.#agent.compose(notingStart(progress)).request({
      origin: this.#options.origin,
      method: request.method,
      path: request.path,
      headers: request.headers,
      body: request.body,
      signal,
    });
    return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() };
  }

  async destroy(): Promise<void> {
    await this.#agent.destroy(new TransportFailure('aborted', false, new Error('closed')));
  }
}

/** Notes whether the request got as far as being written to a connection. */
function notingStart(progress: { written: boolean }): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        progress.written = true;
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
}
