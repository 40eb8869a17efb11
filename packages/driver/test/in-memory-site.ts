import { type Clock, systemClock } from '@cinder-flasharray/common';
import { type HttpReply, type OpenTransport, TransportFailure } from '@cinder-flasharray/flasharray';
import {
  type FleetOptions,
  type SimulatorControl,
  simulateInMemory,
  systemTimers,
  type WireOutcome,
} from '@cinder-flasharray/simulator';

/** Milliseconds that a call may take. What waits less is a pause between attempts or looks, or for a logout. */
const callDeadline = 60_000;

/** Simulated arrays without sockets, for sweeps over every call: the acceptance cases have real HTTPS. */
export interface InMemorySite {
  readonly control: SimulatorControl;
  /** The way of any number of drivers to the arrays. */
  readonly openTransport: OpenTransport;
  /** What `san_ip` and `pure_api_token` say. @throws Error when there is no such array */
  access(array: string): { readonly address: string; readonly apiToken: string };
}

export function openInMemorySite(options: FleetOptions): InMemorySite {
  const { arrays, control } = simulateInMemory({ ...options, timers: systemTimers });
  return {
    control,
    access: (name) => {
      const array = arrays.find((candidate) => candidate.name === name);
      const apiToken = array?.apiTokens.pureuser;
      if (array === undefined || apiToken === undefined) {
        throw new Error(`there is no array ${name}`);
      }
      return { address: array.address, apiToken };
    },
    openTransport: ({ origin }) => {
      const { hostname } = new URL(origin);
      const array = arrays.find(({ address }) => address === hostname);
      if (array === undefined) {
        throw new Error(`there is no array at ${origin}`);
      }
      return {
        send: async (request, signal) => {
          const body = request.body ?? '';
          return replyOf(await array.serve({ ...request, body }, whenAborted(signal)), signal);
        },
        destroy: async () => undefined,
      };
    },
  };
}

/** Pauses are over at once, for driver and arrays alike; the deadlines of calls are in real time. */
export function pausingNowhere(control: SimulatorControl): Clock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    elapsed: () => systemClock.elapsed() + ahead,
    wait: async (milliseconds, signal) => {
      if (milliseconds >= callDeadline) {
        await systemClock.wait(milliseconds, signal);
        return;
      }
      signal?.throwIfAborted();
      ahead += milliseconds;
      await control.advance(milliseconds);
    },
  };
}

async function whenAborted(signal: AbortSignal): Promise<'gone'> {
  const { promise, resolve } = Promise.withResolvers<'gone'>();
  signal.addEventListener('abort', () => resolve('gone'), { once: true });
  if (signal.aborted) {
    resolve('gone');
  }
  return await promise;
}

/** @throws TransportFailure as the client's own transport does */
function replyOf(outcome: WireOutcome, signal: AbortSignal): HttpReply {
  if (signal.aborted) {
    throw new TransportFailure('aborted', true, signal.reason);
  }
  switch (outcome.kind) {
    case 'reply':
      if (!outcome.half) {
        return { status: outcome.status, headers: outcome.headers, text: outcome.body };
      }
      throw new TransportFailure('unreachable', true, new Error('other side closed'));
    case 'refused':
      throw new TransportFailure('unreachable', false, new Error('connect ECONNREFUSED'));
    case 'cut':
    case 'silence':
      throw new TransportFailure('unreachable', true, new Error('read ECONNRESET'));
  }
}
