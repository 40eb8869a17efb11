import type { Outcome, SimulatedArray } from './array/simulated-array.ts';
import { type ArrayPlace, apiTokensOf, buildFleet } from './build-fleet.ts';
import type { SimulatorControl } from './control/control.ts';
import { toApiRequest, type WireRequest } from './http/wire-request.ts';
import type { FleetOptions } from './options.ts';
import type { SimulatorTimers } from './time/timers.ts';

/** What becomes of a request to an array in memory. */
export type WireOutcome =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** Only half of the body arrives, and then the connection breaks. */
      readonly half: boolean;
    }
  /** Nobody listens. */
  | { readonly kind: 'refused' }
  /** The connection breaks. */
  | { readonly kind: 'cut' }
  /** The connection stays open, and nothing comes. */
  | { readonly kind: 'silence' };

/** A simulated array without a socket. */
export interface InMemoryArray {
  readonly name: string;
  /** What the array says its own address is. */
  readonly address: string;
  readonly apiTokens: Readonly<Record<string, string>>;
  /** @param gone resolves when the client has closed the connection */
  serve(request: WireRequest, gone: Promise<'gone'>): Promise<WireOutcome>;
}

export interface InMemorySimulator {
  readonly arrays: readonly InMemoryArray[];
  readonly control: SimulatorControl;
}

/**
 * Simulated arrays within this process, for simulations that bring network and time themselves.
 * @throws SimulatorError `invalid`
 */
export function simulateInMemory(
  options: FleetOptions & { readonly timers: SimulatorTimers },
): InMemorySimulator {
  const fleet = buildFleet(options, {
    placeOf: ({ name }) => new MemoryPlace(name),
    timers: options.timers,
    kept: null,
    changed: () => undefined,
  });
  return {
    control: fleet.control,
    arrays: [...fleet.arrays.values()].map(({ array, server }) => ({
      name: array.name,
      address: server.address,
      apiTokens: apiTokensOf(array),
      serve: (request, gone) => server.serve(array, request, gone),
    })),
  };
}

/** Lets requests to an array, or refuses them. */
class MemoryPlace implements ArrayPlace {
  readonly address: string;
  readonly #cuts = new Set<() => void>();
  #listens = true;

  constructor(name: string) {
    this.address = `${name}.array`;
  }

  arriving(): number {
    return 0;
  }

  async listen(): Promise<void> {
    this.#listens = true;
  }

  async stop(): Promise<void> {
    this.#listens = false;
    for (const cut of this.#cuts) cut();
    this.#cuts.clear();
  }

  async serve(array: SimulatedArray, request: WireRequest, gone: Promise<'gone'>): Promise<WireOutcome> {
    if (!this.#listens) return { kind: 'refused' };
    const stopped = Promise.withResolvers<'gone'>();
    const cut = (): void => stopped.resolve('gone');
    this.#cuts.add(cut);
    try {
      return wireOutcome(await array.serve(toApiRequest(request), Promise.race([gone, stopped.promise])));
    } finally {
      this.#cuts.delete(cut);
    }
  }
}

function wireOutcome(outcome: Outcome): WireOutcome {
  if (outcome.kind !== 'reply') return outcome;
  const { reply, half } = outcome;
  return { kind: 'reply', status: reply.status, headers: reply.headers, body: reply.body ?? '', half };
}
