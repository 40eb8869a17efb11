import type { ArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { ArrayHttp, ArrayRequest } from './array-http.ts';
import type { Call } from './call.ts';
import type { Refusal } from './refusal.ts';
import type { HttpReply } from './transport.ts';

/** Headers that prove who we are. */
export type Credentials = Readonly<Record<string, string>>;

/** How one REST generation logs in and out, and tells an error: the wire words only. */
export interface SessionWords {
  /** With a path after the base. */
  readonly login: ArrayRequest;
  /** With a path after the base. */
  readonly logout: ArrayRequest;
  /** Reads the session from the answer to the login, or null when there is none. */
  readonly credentials: (reply: HttpReply) => Credentials | null;
  /** Reads whose session it is from the answer to the login, or null when it does not tell. */
  readonly user: (reply: HttpReply) => string | null;
  /** What a later answer renews, or null when it leaves the session as it is. */
  readonly renewed: (reply: HttpReply) => Credentials | null;
  /** Reads any answer that is not HTTP 200. */
  readonly refusal: (reply: HttpReply) => Refusal;
}

/** The words in the version that is spoken. */
export interface SessionProtocol {
  readonly words: SessionWords;
  /** What comes before the path of every request: `/api/2.26`. */
  readonly base: () => string;
  /**
   * Asks the array once more what it serves, because it did not know a path. Another version is spoken from then on, if it
   * is of the same generation.
   */
  readonly agreeAnew: (call: Call) => Promise<void>;
}

interface Session {
  credentials: Credentials;
  readonly user: string | null;
}

/** One login serves everybody who talks to the array. */
interface SharedSession {
  current: Session | null;
  loggingIn: Promise<Session> | null;
}

/** An array that does not answer must not hold up closing. */
const logoutTimeout = 2_000;

/** Requests within a session. An expired session is renewed once a request, by one login for all that wait. */
export class SessionHttp {
  readonly #http: ArrayHttp;
  readonly #protocol: SessionProtocol;
  readonly #shared: SharedSession;
  readonly #signal: AbortSignal | null;

  constructor(
    http: ArrayHttp,
    protocol: SessionProtocol,
    shared: SharedSession = { current: null, loggingIn: null },
    signal: AbortSignal | null = null,
  ) {
    this.#http = http;
    this.#protocol = protocol;
    this.#shared = shared;
    this.#signal = signal;
  }

  /** The same session, each of whose calls ends with `cancelled` when the signal does. */
  within(signal: AbortSignal): SessionHttp {
    const signals = this.#signal === null ? signal : AbortSignal.any([this.#signal, signal]);
    return new SessionHttp(this.#http, this.#protocol, this.#shared, signals);
  }

  get array(): string {
    return this.#http.array;
  }

  /** Runs one call of the port under its deadline and signal. */
  run<T>(options: CallOptions | undefined, work: (call: Call) => Promise<T>): Promise<T> {
    const signals = [this.#signal, options?.signal].flatMap((signal) => signal ?? []);
    return this.#http.run(signals.length === 0 ? undefined : { signal: AbortSignal.any(signals) }, work);
  }

  /** @throws ArrayError `unauthorized` when the array does not take the token */
  async login(call: Call): Promise<void> {
    await this.#sessionOtherThan(null, call, this.#protocol.words.login);
  }

  /** @throws ArrayError for every answer but 200 */
  async exchange(call: Call, request: ArrayRequest): Promise<HttpReply> {
    const reply = await this.#sendInSession(call, request);
    const again = isUnknownPath(reply) ? await this.#inAnotherVersion(call, request) : null;
    return this.#accepted(request, again === null ? reply : await this.#sendInSession(call, again));
  }

  /**
   * The user that the session belongs to, as the array named it when the session began.
   * @throws ArrayError `malformed-reply` when it named none
   */
  async user(call: Call): Promise<string> {
    const { login } = this.#protocol.words;
    const { user } = await this.#sessionOtherThan(null, call, login);
    if (user === null) {
      throw this.#http.error(login, {
        code: 'malformed-reply',
        message: `The array's answer to ${login.operation} names no user.`,
      });
    }
    return user;
  }

  /** An error about `request`. */
  error(...about: Parameters<ArrayHttp['error']>): ArrayError {
    return this.#http.error(...about);
  }

  /** Ends the session if there is one; an array that does not answer ends it by itself when it is idle. */
  async logout(): Promise<void> {
    const session = this.#shared.current;
    this.#shared.current = null;
    if (session !== null) {
      const { logout } = this.#protocol.words;
      await this.#http.sendOnce(
        { ...this.#based(logout), headers: { ...logout.headers, ...session.credentials } },
        logoutTimeout,
      );
    }
  }

  /** A session that has expired is renewed, once. */
  async #sendInSession(call: Call, request: ArrayRequest): Promise<HttpReply> {
    const session = await this.#sessionOtherThan(null, call, request);
    const reply = await this.#sendWithin(session, call, request);
    if (reply.status !== 401) {
      return reply;
    }
    const renewed = await this.#sessionOtherThan(session, call, request);
    return await this.#sendWithin(renewed, call, request);
  }

  /** The same request, if the array serves another version by now; null: it does not. */
  async #inAnotherVersion(call: Call, request: ArrayRequest): Promise<ArrayRequest | null> {
    const { base, agreeAnew } = this.#protocol;
    const isOutdated = (): boolean => !request.path.startsWith(`${base()}/`);
    // Somebody else may have found it out already.
    if (!isOutdated()) {
      await agreeAnew(call);
    }
    return isOutdated() ? { ...request, path: `${base()}${pathAfterBase(request)}` } : null;
  }

  #based(request: ArrayRequest): ArrayRequest {
    return { ...request, path: `${this.#protocol.base()}${request.path}` };
  }

  async #sendWithin(session: Session, call: Call, request: ArrayRequest): Promise<HttpReply> {
    const reply = await this.#http.send(call, {
      ...request,
      headers: { ...request.headers, ...session.credentials },
    });
    const renewed = reply.status === 401 ? null : this.#protocol.words.renewed(reply);
    if (renewed !== null) {
      session.credentials = renewed;
    }
    return reply;
  }

  /** The current session, after logging in when there is none or only the one that was found expired. */
  async #sessionOtherThan(expired: Session | null, call: Call, request: ArrayRequest): Promise<Session> {
    const shared = this.#shared;
    if (shared.current !== null && shared.current !== expired) {
      return shared.current;
    }
    shared.loggingIn ??= this.#startLogin();
    return await this.#http.join(call, request, shared.loggingIn);
  }

  /** The login has a deadline of its own: the call that happens to start it may end before those that join it. */
  async #startLogin(): Promise<Session> {
    try {
      const session = await this.#http.run(undefined, (call) => this.#logIn(call));
      this.#shared.current = session;
      return session;
    } finally {
      this.#shared.loggingIn = null;
    }
  }

  async #logIn(call: Call): Promise<Session> {
    const { login, credentials, refusal: refusalOf, user } = this.#protocol.words;
    let reply = await this.#http.send(call, this.#based(login));
    if (isUnknownPath(reply)) {
      await this.#protocol.agreeAnew(call);
      reply = await this.#http.send(call, this.#based(login));
    }
    if (reply.status !== 200) {
      const refusal = refusalOf(reply);
      // Arrays refuse a bad token with 400 or 401.
      const code = reply.status === 400 ? 'unauthorized' : refusal.code;
      throw this.#http.error(login, { ...refusal, code, status: reply.status });
    }
    const found = credentials(reply);
    if (found === null) {
      throw this.#http.error(login, {
        code: 'malformed-reply',
        message: `The array's answer to ${login.operation} holds no session.`,
        status: reply.status,
      });
    }
    return { credentials: found, user: user(reply) };
  }

  #accepted(request: ArrayRequest, reply: HttpReply): HttpReply {
    if (reply.status === 200) {
      // Something in between may answer for the array: a sign-in page has done nothing.
      if (/^\s*[^\s{[]/.test(reply.text)) {
        throw this.#http.error(request, {
          code: 'malformed-reply',
          message: `The array's answer to ${request.operation} is not JSON.`,
          status: reply.status,
          applied: 'unknown',
        });
      }
      return reply;
    }
    throw this.#http.error(request, {
      ...this.#protocol.words.refusal(reply),
      status: reply.status,
      applied: reply.status >= 400 && reply.status < 500 ? 'no' : 'unknown',
    });
  }
}

/** What an array says of a path, or of a version, that it does not serve (REST 1.x section 1.6, REST 2.x section 3). */
function isUnknownPath({ status }: HttpReply): boolean {
  return status === 404 || status === 405 || status === 450;
}

/** `/volumes?names=v1` of `/api/2.26/volumes?names=v1`. */
function pathAfterBase({ path }: ArrayRequest): string {
  return path.replace(/^\/api\/\d+\.\d+/, '');
}
