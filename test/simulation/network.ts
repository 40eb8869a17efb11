import {
  type HttpReply,
  type HttpRequest,
  maxConnections,
  type OpenTransport,
  type Transport,
  TransportFailure,
  type TransportOptions,
} from '@cinder-flasharray/flasharray';
import type { InMemoryArray, WireOutcome } from '@cinder-flasharray/simulator';
import type { Random } from './random.ts';
import { Refusals } from './refusals.ts';
import type { Trace } from './trace.ts';
import type { EventOwner, VirtualTime } from './virtual-time.ts';

/** What befalls one request on its way. */
export type CallFault =
  | { readonly kind: 'refuse-connection' }
  | { readonly kind: 'cut-before' }
  | { readonly kind: 'cut-after' }
  | { readonly kind: 'status'; readonly status: 401 | 429 | 503 }
  | { readonly kind: 'lasting-400' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'half-body' }
  | { readonly kind: 'html' };

/** A request as the faults see it. */
export interface CallSeen {
  /** From 1, in the order in which requests are sent. */
  readonly number: number;
  readonly array: string;
  readonly method: string;
  /** `volumes`, `host/h1/volume/v1`: without version and query. */
  readonly path: string;
  readonly query: string;
  /** Signs in, or asks for versions. */
  readonly isAside: boolean;
}

/** Decides what befalls a request. */
export type FaultsOfCalls = (call: CallSeen) => CallFault | null;

/** Follows every request by its number, in the order in which they are sent. */
export interface CallWatch {
  /** @returns what befalls it */
  sent(call: CallSeen): CallFault | null;
  /** Before the array sees it. @returns whether the array does */
  arrives(number: number): boolean;
  /** The array has answered; nobody has seen the answer yet. */
  answered(number: number): void;
}

export interface NetworkOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly trace: Trace;
  readonly arrays: readonly InMemoryArray[];
  /** Milliseconds a message takes, one way; at least, at most. */
  readonly latency: readonly [number, number];
}

/** Signs in, asks for versions: faults of single calls leave them alone, as they would all look like a lost array. */
const aside = /^\/api\/(api_version|\d+\.\d+\/(login|logout|auth\/session|auth\/apitoken))$/;

/** The network between a process and the arrays: messages take time, and may not arrive. */
export class Network {
  readonly #options: NetworkOptions;
  readonly #arrays: ReadonlyMap<string, InMemoryArray>;
  /** Null: nothing befalls. */
  faults: FaultsOfCalls | null = null;
  /** Null: nobody follows. */
  watch: CallWatch | null = null;
  /** Requests that were sent. */
  sent = 0;
  /** Requests that reached an array. */
  calls = 0;
  /** Faults that struck. */
  struck = 0;
  readonly refusals = new Refusals();
  /** Called when a request has been applied and its answer is on the way. */
  onApplied: () => void = () => undefined;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#arrays = new Map(options.arrays.map((array) => [array.address, array]));
  }

  /** The way of one process to the arrays. */
  openTransport(owner: EventOwner): OpenTransport {
    return (options) => {
      const host = new URL(options.origin).hostname;
      const array = this.#arrays.get(host);
      if (array === undefined) {
        throw new Error(`no array at ${host}`);
      }
      return new SimulatedTransport(this, this.#options, array, owner, options);
    };
  }

  faultFor(array: string, request: HttpRequest): CallFault | null {
    this.sent += 1;
    const [path = '', query = ''] = request.path.split('?');
    const call: CallSeen = {
      number: this.sent,
      array,
      method: request.method,
      path: path.replace(/^\/api\/\d+\.\d+\//, ''),
      query,
      isAside: aside.test(path),
    };
    const fault = this.watch?.sent(call) ?? (call.isAside ? null : (this.faults?.(call) ?? null));
    if (fault !== null) {
      this.struck += 1;
    }
    return fault;
  }
}

type Settle = (outcome: HttpReply | TransportFailure) => void;

class SimulatedTransport implements Transport {
  readonly #network: Network;
  readonly #world: NetworkOptions;
  readonly #array: InMemoryArray;
  readonly #owner: EventOwner;
  readonly #options: TransportOptions;
  readonly #waiting: { readonly exchange: Exchange; readonly go: () => void }[] = [];
  #open = 0;

  constructor(
    network: Network,
    world: NetworkOptions,
    array: InMemoryArray,
    owner: EventOwner,
    options: TransportOptions,
  ) {
    this.#network = network;
    this.#world = world;
    this.#array = array;
    this.#owner = owner;
    this.#options = options;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const { promise, resolve } = Promise.withResolvers<HttpReply | TransportFailure>();
    const exchange: Exchange = { isOver: false, isSent: false, gone: Promise.withResolvers<'gone'>() };
    const settle: Settle = (outcome) => {
      // What comes for a process that is dead comes to nobody.
      if (!exchange.isOver && this.#owner.isAlive) {
        exchange.isOver = true;
        resolve(outcome);
      }
    };
    const abort = (): void => {
      settle(new TransportFailure('aborted', exchange.isSent, signal.reason));
      exchange.gone.resolve('gone');
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
    await this.#connection(exchange);
    if (!exchange.isOver) {
      this.#exchange(request, exchange, settle);
    }
    const outcome = await promise;
    signal.removeEventListener('abort', abort);
    this.#release();
    if (outcome instanceof TransportFailure) {
      throw outcome;
    }
    return outcome;
  }

  async destroy(): Promise<void> {
    this.#waiting.length = 0;
  }

  /** One of so many connections, in turn. */
  async #connection(exchange: Exchange): Promise<void> {
    this.#open += 1;
    if (this.#open > maxConnections && !exchange.isOver) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push({ exchange, go: resolve });
      await Promise.race([promise, exchange.gone.promise]);
    }
  }

  #release(): void {
    this.#open -= 1;
    const next = this.#waiting.find(({ exchange }) => !exchange.isOver);
    this.#waiting.splice(0, next === undefined ? this.#waiting.length : this.#waiting.indexOf(next) + 1);
    next?.go();
  }

  #exchange(request: HttpRequest, exchange: Exchange, settle: Settle): void {
    const { time, trace } = this.#world;
    const fault = this.#network.faultFor(this.#array.name, request);
    const number = this.#network.sent;
    const label = `${this.#array.name} ${request.method} ${request.path}`;
    if (fault !== null) {
      trace.add(`fault ${fault.kind}${fault.kind === 'status' ? ` ${fault.status}` : ''}: ${label}`);
    }
    if (fault?.kind === 'refuse-connection') {
      time.after(this.#latency(), () => settle(failed('unreachable', false, 'connect ECONNREFUSED')));
      return;
    }
    exchange.isSent = true;
    const { idleTimeout } = this.#options;
    const endWait = time.after(idleTimeout, () => settle(failed('timed-out', true, 'no headers in time')));
    const answer: Settle = (outcome) => {
      time.after(this.#latency(), () => {
        endWait();
        settle(outcome);
      });
    };
    time.after(this.#latency(), () => {
      if ((exchange.isOver || !this.#owner.isAlive) && this.#world.random.chance(0.5)) {
        // Its client is gone, and it had not quite left.
        return;
      }
      void this.#arrive(request, number, fault, exchange, answer);
    });
  }

  async #arrive(
    request: HttpRequest,
    number: number,
    fault: CallFault | null,
    exchange: Exchange,
    answer: Settle,
  ): Promise<void> {
    const { trace } = this.#world;
    const { watch } = this.#network;
    if (watch?.arrives(number) === false) {
      return;
    }
    this.#network.calls += 1;
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'cut-before':
        answer(failed('unreachable', true, 'read ECONNRESET'));
        return;
      case 'status':
        answer(refusal(request, fault.status));
        return;
      case 'lasting-400':
        this.#network.refusals.add({ path: request.path, body: request.body ?? null });
        answer(refusal(request, 400));
        return;
      case 'html':
        answer({ status: 200, headers: { 'content-type': 'text/html' }, text: signInPage });
        return;
      case 'cut-after':
      case 'half-body':
      case 'refuse-connection':
      case undefined:
    }
    const { method, path, headers, body } = request;
    const outcome = await this.#array.serve(
      { method, path, headers, body: body ?? '' },
      exchange.gone.promise,
    );
    if (outcome.kind === 'reply' && method !== 'GET') {
      trace.add(`${this.#array.name} ${method} ${path} -> ${outcome.status}`);
      this.#network.onApplied();
    }
    watch?.answered(number);
    const reply = replyOf(outcome, fault);
    if (reply !== null) {
      answer(reply);
    }
  }

  #latency(): number {
    const [least, most] = this.#world.latency;
    return this.#world.random.between(least, most);
  }
}

interface Exchange {
  isOver: boolean;
  isSent: boolean;
  readonly gone: PromiseWithResolvers<'gone'>;
}

/** Null: nothing ever comes. */
function replyOf(outcome: WireOutcome, fault: CallFault | null): HttpReply | TransportFailure | null {
  switch (outcome.kind) {
    case 'refused':
      return failed('unreachable', false, 'connect ECONNREFUSED');
    case 'cut':
      return failed('unreachable', true, 'read ECONNRESET');
    case 'silence':
      return null;
    case 'reply':
      return fault?.kind === 'cut-after' || fault?.kind === 'half-body' || outcome.half
        ? failed('unreachable', true, 'other side closed')
        : { status: outcome.status, headers: outcome.headers, text: outcome.body };
  }
}

function failed(kind: 'unreachable' | 'timed-out', sent: boolean, message: string): TransportFailure {
  return new TransportFailure(kind, sent, new Error(message));
}

const signInPage = '<!doctype html><html><body><h1>Sign in to the network</h1></body></html>';

function refusal(request: HttpRequest, status: number): HttpReply {
  if (status === 503) {
    return { status, headers: { 'content-type': 'text/html' }, text: '<html><h1>Unavailable</h1></html>' };
  }
  const message =
    status === 400 ? 'The array is out of order.' : status === 401 ? 'Invalid session.' : 'Slow down.';
  const body = request.path.startsWith('/api/1.')
    ? [{ msg: message, ctx: '' }]
    : { errors: [{ message, context: null }] };
  return { status, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
}
