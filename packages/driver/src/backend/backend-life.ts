import type { Clock, Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import { type ArrayPlace, BackendArrays, placeIdOf, placesOf } from '../arrays/backend-arrays.ts';
import type { BackendConfig } from '../config/backend-config.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import { Replication } from '../replication/replication.ts';
import type { CurrentArray } from './driver-session.ts';

export interface BackendLifeOptions {
  readonly config: BackendConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  /** `backend_id` that the back end has failed over to; absent, null or empty: it works on its primary. */
  readonly activeBackendId?: string | null;
  readonly connect: (place: ArrayPlace) => Promise<FlashArray>;
  /** @throws DriverError when the array cannot serve the back end */
  readonly requireFit: (array: FlashArray) => void;
}

/** The arrays of a back end, connected or not. */
interface Arrays {
  readonly arrays: BackendArrays;
  /** Null: no `replication_device`. */
  readonly replication: Replication | null;
}

type Stage =
  | { readonly kind: 'closed' }
  /** The current array cannot be worked on; others may answer, so that a failover is possible now of all times. */
  | ({ readonly kind: 'without-current' } & Arrays)
  | { readonly kind: 'open'; readonly current: CurrentArray };

/** The life of a back end: its arrays, and which of them is the current one. */
export class BackendLife {
  readonly #options: BackendLifeOptions;
  #currentId: string;
  #stage: Stage = { kind: 'closed' };
  /** Arrays that did not answer are being looked for. */
  #takingIn: Promise<void> | null = null;

  constructor(options: BackendLifeOptions) {
    this.#options = options;
    this.#currentId = placeIdOf(options.config, options.activeBackendId ?? null);
  }

  /** @throws DriverError `not-initialized` */
  current(): CurrentArray {
    if (this.#stage.kind !== 'open') {
      throw new DriverError(
        'not-initialized',
        `Back end ${this.#options.config.section} is not connected to its array.`,
        { nothingMade: true },
      );
    }
    return this.#stage.current;
  }

  /** Whether what is in the pod is on the current array, be it connected or not. */
  get servesPod(): boolean {
    return this.#known()?.replication?.servesPod(this.#currentId) ?? this.#currentId === this.#primaryId;
  }

  /** What a failover chooses from. @throws DriverError `driver` when the back end has no other array, or is closed */
  places(): {
    readonly arrays: BackendArrays;
    readonly replication: Replication;
    readonly primaryId: string;
    readonly currentId: string;
  } {
    const known = this.#known();
    if (known === null || known.replication === null) {
      throw new DriverError('driver', 'Unable to find failover target, no secondary targets configured.', {
        nothingMade: true,
      });
    }
    const { arrays, replication } = known;
    return { arrays, replication, primaryId: this.#primaryId, currentId: this.#currentId };
  }

  /** Connects to every array; the current one has to answer. @throws DriverError `not-initialized` */
  async open(): Promise<void> {
    await this.close();
    const { config, logger, clock, connect, requireFit } = this.#options;
    const arrays = new BackendArrays(config.section, placesOf(config), connect, logger);
    const replication =
      config.replication === null
        ? null
        : new Replication({ config: config.replication, arrays, primaryId: this.#primaryId, clock, logger });
    this.#stage = { kind: 'without-current', arrays, replication };
    try {
      const connecting = arrays.get(this.#currentId);
      const [outcome] = await Promise.allSettled([connecting, arrays.connectMissing(this.#currentId)]);
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
      requireFit(outcome.value);
      await replication?.setUp(this.#currentId);
      this.#work({ arrays, replication }, outcome.value);
    } catch (error) {
      const place = arrays.place(this.#currentId);
      const failure = arrayFailure(
        place === null
          ? `Looking for the array of replication_device ${this.#currentId} (back end ${config.section})`
          : `Setting up the array at ${place.address} (back end ${config.section})`,
        error,
      );
      throw new DriverError('not-initialized', failure.message, { cause: failure.cause });
    }
  }

  async close(): Promise<void> {
    const known = this.#known();
    this.#stage = { kind: 'closed' };
    await known?.arrays.close();
    await this.#takingIn;
  }

  /**
   * Goes over to the array of that id.
   * @param activeBackendId null, empty and `default`: the primary
   * @throws DriverError, with the current array the same as before
   */
  async goOver(activeBackendId: string | null): Promise<void> {
    const wanted = placeIdOf(this.#options.config, activeBackendId);
    if (wanted === this.#currentId && this.#stage.kind === 'open') {
      return;
    }
    const { arrays, replication } = this.places();
    const { config, logger, requireFit } = this.#options;
    if (arrays.place(wanted) === null) {
      throw new DriverError(
        'invalid-replication-target',
        `Back end ${config.section} has no replication_device ${wanted}.`,
        { nothingMade: true },
      );
    }
    try {
      const array = await arrays.get(wanted);
      requireFit(array);
      this.#currentId = wanted;
      this.#work({ arrays, replication }, array);
    } catch (error) {
      throw arrayFailure(`Going over to array ${wanted} of back end ${config.section}`, error);
    }
    try {
      await replication.setUp(wanted);
    } catch (error) {
      const failure = arrayFailure('Setting up replication', error);
      logger.error({ backend: config.section, error: failure }, 'replication is not complete');
    }
  }

  #work(known: Arrays, array: FlashArray): void {
    this.#stage = {
      kind: 'open',
      current: {
        ...known,
        array,
        id: this.#currentId,
        report: { stats: null },
        answered: () => this.#takeInMissing(known),
      },
    };
  }

  #known(): Arrays | null {
    switch (this.#stage.kind) {
      case 'closed':
        return null;
      case 'without-current':
        return this.#stage;
      case 'open':
        return this.#stage.current;
    }
  }

  /** In the background: nobody waits for an array that is away. */
  #takeInMissing({ arrays, replication }: Arrays): void {
    if (replication === null || this.#takingIn !== null) {
      return;
    }
    const { logger, config } = this.#options;
    this.#takingIn = (async () => {
      try {
        const came = await arrays.connectMissing();
        if (came.length > 0) {
          logger.info({ backend: config.section, arrays: came.join(', ') }, 'arrays are back');
        }
        if (replication.hasUnwired(this.#currentId)) {
          await replication.setUp(this.#currentId);
        }
      } catch (error) {
        const failure = arrayFailure('Setting up replication', error);
        logger.error({ backend: config.section, error: failure }, 'replication is not complete');
      } finally {
        this.#takingIn = null;
      }
    })();
  }

  get #primaryId(): string {
    return this.#options.config.volumeBackendName;
  }
}
