import type { Secret } from '@cinder-flasharray/common';
import { z } from 'zod';
import type { ArrayHttp, ArrayRequest } from './http/array-http.ts';
import type { Call } from './http/call.ts';
import { readJson } from './http/json-reply.ts';
import { refusalOf } from './http/refusal.ts';
import { SessionHttp } from './http/session-http.ts';
import type { Transport } from './http/transport.ts';
import { isArrayError } from './port/array-error.ts';
import type { CallOptions } from './port/call-options.ts';
import type { FlashArray, RestProtocol } from './port/flash-array.ts';
import { rest1Base } from './rest1/client.ts';
import { rest1Roles } from './rest1/flash-array.ts';
import { rest1Session } from './rest1/session.ts';
import { rest2Base } from './rest2/client.ts';
import { rest2Roles } from './rest2/flash-array.ts';
import { rest2Session } from './rest2/session.ts';
import { negotiate, type RestVersion } from './shared/negotiate.ts';
import { isPurityAtLeast } from './shared/purity-version.ts';
import type { ArrayRoles } from './shared/roles.ts';

interface Agreement {
  readonly kind: RestProtocol['generation'];
  readonly version: RestVersion;
}

interface LoggedIn {
  readonly session: SessionHttp;
  readonly rolesOn: (session: SessionHttp) => ArrayRoles;
}

/** NVMe over TCP is supported from here on (driver-behaviour section 3.3). */
const nvmeTcpVersion = [6, 4, 2] as const;

const versionList = z.object({ version: z.array(z.string()) });

/** The life of one connection to an array: opened once, closed once. */
export class ArrayConnection {
  readonly #http: ArrayHttp;
  readonly #transport: Transport;
  readonly #apiToken: Secret;
  #session: SessionHttp | null = null;
  #closed: Promise<void> | null = null;

  constructor(http: ArrayHttp, transport: Transport, apiToken: Secret) {
    this.#http = http;
    this.#transport = transport;
    this.#apiToken = apiToken;
  }

  /** `GET api_version`, the login, and `GET arrays` (REST 2) or `GET array` (REST 1). */
  async open(options: CallOptions | undefined): Promise<FlashArray> {
    const { session, rolesOn } = await this.#http.run(options, (call) => this.#logIn(call));
    const identity = await rolesOn(session).arrays.identity(options);
    const arrayOn = (on: SessionHttp): FlashArray => {
      const roles = rolesOn(on);
      // REST 2.4 to 2.14 came with and without NVMe over TCP: only the array's own version tells.
      const nvmeTcp = roles.capabilities.nvme && isPurityAtLeast(identity.purityVersion, nvmeTcpVersion);
      return {
        ...roles,
        capabilities: { ...roles.capabilities, nvmeTcp },
        identity,
        within: (signal) => arrayOn(on.within(signal)),
        close: () => this.close(),
      };
    };
    return arrayOn(session);
  }

  /** Safe to repeat, and after `open` failed. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#http.stop();
    await this.#session?.logout();
    await this.#transport.destroy();
  }

  async #logIn(call: Call): Promise<LoggedIn> {
    const agreed = await this.#agree(call);
    try {
      return await this.#logInWith(agreed, call);
    } catch (error) {
      // The array stopped serving that generation since it listed it, as in the middle of an upgrade: choose once more.
      if (!isArrayError(error, 'unsupported')) {
        throw error;
      }
      const again = await this.#agree(call);
      if (again.kind === agreed.kind) {
        throw error;
      }
      return await this.#logInWith(again, call);
    }
  }

  async #logInWith({ kind, version }: Agreement, call: Call): Promise<LoggedIn> {
    const spoken = { current: version };
    const words = kind === 'rest2' ? rest2Session(this.#apiToken) : rest1Session(this.#apiToken);
    const agreeAnew = async (anew: Call): Promise<void> => {
      const agreed = await this.#agree(anew);
      if (agreed.kind === kind) {
        spoken.current = agreed.version;
      }
    };
    const base = (): string => (kind === 'rest2' ? rest2Base(spoken.current) : rest1Base(spoken.current));
    const session = new SessionHttp(this.#http, { words, base, agreeAnew });
    this.#session = session;
    await session.login(call);
    return {
      session,
      rolesOn: (on) => (kind === 'rest2' ? rest2Roles(on, spoken) : rest1Roles(on, spoken)),
    };
  }

  async #agree(call: Call): Promise<Agreement> {
    const request: ArrayRequest = { method: 'GET', path: '/api/api_version', operation: 'GET api_version' };
    const reply = await this.#http.send(call, request);
    if (reply.status !== 200) {
      throw this.#http.error(request, { ...refusalOf(reply, [], []), status: reply.status });
    }
    const negotiation = negotiate(readJson(this.#http, request, reply, versionList).version);
    if (negotiation.kind === 'refused') {
      throw this.#http.error(request, {
        code: 'unsupported',
        message: negotiation.reason,
        status: reply.status,
      });
    }
    return negotiation;
  }
}
