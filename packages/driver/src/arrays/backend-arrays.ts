import type { Logger, Secret } from '@cinder-flasharray/common';
import type { FlashArray, TlsTrust } from '@cinder-flasharray/flasharray';
import type { BackendConfig } from '../config/backend-config.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';

/** Where one of a back end's arrays is. */
export interface ArrayPlace {
  readonly backendId: string;
  readonly address: string;
  readonly apiToken: Secret;
  readonly tls: TlsTrust;
  readonly role: 'primary' | 'async' | 'sync';
  /** Hosts have paths to it and to the primary. */
  readonly uniform: boolean;
}

/** The primary is known by `volume_backend_name`, the others by their `backend_id`. */
export function placesOf(config: BackendConfig): readonly [ArrayPlace, ...ArrayPlace[]] {
  const { volumeBackendName, address, apiToken, tls, replication } = config;
  return [
    { backendId: volumeBackendName, address, apiToken, tls, role: 'primary', uniform: true },
    ...(replication?.targets ?? []).map(({ kind, ...target }) => ({ ...target, role: kind })),
  ];
}

/** The id of the array that records name; null, empty and `default`: the primary. */
export function placeIdOf(
  { volumeBackendName }: Pick<BackendConfig, 'volumeBackendName'>,
  backendId: string | null,
): string {
  return backendId === null || backendId === '' || backendId === 'default' ? volumeBackendName : backendId;
}

/**
 * The arrays of a back end, connected each for itself. One that does not answer keeps nobody waiting but those who need
 * it, and is tried again.
 */
export class BackendArrays {
  readonly #places: ReadonlyMap<string, ArrayPlace>;
  readonly #connect: (place: ArrayPlace) => Promise<FlashArray>;
  readonly #logger: Logger;
  readonly #arrays = new Map<string, FlashArray>();
  readonly #connecting = new Map<string, Promise<FlashArray>>();
  readonly #section: string;
  /** What was said last of an array that does not answer. */
  readonly #said = new Map<string, string>();

  /** @param section of the back end, for the log: several back ends may share a name */
  constructor(
    section: string,
    places: readonly ArrayPlace[],
    connect: (place: ArrayPlace) => Promise<FlashArray>,
    logger: Logger,
  ) {
    this.#section = section;
    this.#places = new Map(places.map((place) => [place.backendId, place]));
    this.#connect = connect;
    this.#logger = logger;
  }

  get places(): readonly ArrayPlace[] {
    return [...this.#places.values()];
  }

  place(backendId: string): ArrayPlace | null {
    return this.#places.get(backendId) ?? null;
  }

  /** The array, when it is connected. */
  find(backendId: string): FlashArray | null {
    return this.#arrays.get(backendId) ?? null;
  }

  /** Connects the array unless it is. @throws ArrayError | DriverError */
  async get(backendId: string): Promise<FlashArray> {
    const known = this.#arrays.get(backendId);
    if (known !== undefined) {
      return known;
    }
    const place = this.#places.get(backendId);
    if (place === undefined) {
      throw new DriverError('driver', `There is no array ${backendId} in this back end.`, {
        nothingMade: true,
      });
    }
    const running = this.#connecting.get(backendId) ?? this.#open(place);
    this.#connecting.set(backendId, running);
    try {
      return await running;
    } finally {
      this.#connecting.delete(backendId);
    }
  }

  /**
   * Connects what is not connected, side by side.
   * @param but an array that its caller waits for, and speaks of, himself; null: none
   * @returns ids of those that came
   */
  async connectMissing(but: string | null = null): Promise<readonly string[]> {
    const missing = [...this.#places.keys()].filter((id) => id !== but && !this.#arrays.has(id));
    const outcomes = await Promise.allSettled(missing.map((id) => this.get(id)));
    return missing.filter((id, index) => {
      const outcome = outcomes[index];
      if (outcome?.status === 'rejected') {
        this.#say(id, arrayFailure(`Connecting to array ${id}`, outcome.reason).message);
      } else {
        this.#said.delete(id);
      }
      return outcome?.status === 'fulfilled';
    });
  }

  /** The same again is said once. */
  #say(id: string, reason: string): void {
    const level = this.#said.get(id) === reason ? 'debug' : 'warn';
    this.#said.set(id, reason);
    this.#logger[level](
      { backend: this.#section, array: id, reason },
      'an array of the back end does not answer',
    );
  }

  async close(): Promise<void> {
    const arrays = [...this.#arrays.values()];
    this.#arrays.clear();
    await Promise.all(arrays.map((array) => array.close()));
  }

  async #open(place: ArrayPlace): Promise<FlashArray> {
    const array = await this.#connect(place);
    const twin = [...this.#arrays].find(([, other]) => other.identity.id === array.identity.id);
    if (twin !== undefined) {
      await array.close();
      throw new DriverError(
        'driver',
        `${place.backendId} (${place.address}) and ${twin[0]} are the same array, ${array.identity.name}.`,
        { nothingMade: true },
      );
    }
    this.#arrays.set(place.backendId, array);
    return array;
  }
}
