import type { Clock, KeyedLock, Logger } from '@cinder-flasharray/common';
import type { InitiatorSecrets, VolumeDriver } from '@cinder-flasharray/driver';
import type { Store } from '@cinder-flasharray/store';
import { Backend } from './backends/backend.ts';
import type { BackendReport, Backends } from './backends/backend-report.ts';
import { ensureDefaultType } from './backends/default-types.ts';
import { BackgroundWork } from './perform/background.ts';
import { storedInitiatorSecrets } from './perform/initiator-secrets.ts';
import type { Background, Perform } from './perform/perform.ts';
import { VolumePerformer } from './perform/volume-performer.ts';

export interface ManagedBackend {
  /** Section of cinder.conf. */
  readonly section: string;
  /** `node1@puredriver-1`. */
  readonly host: string;
  readonly volumeBackendName: string;
  readonly initiatorDataNamespace: string;
  /** @param activeBackendId where the back end has failed over to; null or empty: nowhere */
  readonly createDriver: (secrets: InitiatorSecrets, activeBackendId: string | null) => VolumeDriver;
}

export interface VolumeManagerOptions {
  readonly store: Store;
  readonly backends: readonly ManagedBackend[];
  readonly locks: KeyedLock;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  /** `node1`. */
  readonly host: string;
  readonly defaultVolumeType: string | null;
  readonly storageAvailabilityZone: string;
  /** Milliseconds, as all below. */
  readonly reportInterval: number;
  readonly statsInterval: number;
  readonly setupWaits?: readonly number[];
}

/** Milliseconds from work that changed the capacity to the report of it. */
const refreshDelay = 10_000;
const defaultSetupWaits = [1_000, 2_000, 4_000, 15_000, 30_000];

/** Cinder's volume manager: back ends, their timers, and the work on them. */
export class VolumeManager implements Backends {
  readonly #options: VolumeManagerOptions;
  readonly #backends: ReadonlyMap<string, Backend>;
  readonly #background: BackgroundWork;
  readonly #performer: VolumePerformer;
  readonly #stopping = new AbortController();
  readonly #schedulerId: number;
  readonly #loops: Promise<void>[] = [];
  readonly #refreshing = new Map<string, Promise<void>>();
  readonly #started = Promise.withResolvers<void>();

  private constructor(
    options: VolumeManagerOptions,
    backends: ReadonlyMap<string, Backend>,
    schedulerId: number,
  ) {
    this.#options = options;
    this.#backends = backends;
    this.#schedulerId = schedulerId;
    const { store, locks, logger, clock, randomUuid } = options;
    this.#background = new BackgroundWork(logger, clock);
    const refreshSoon = (host: string): void => this.#refreshSoon(host);
    this.#performer = new VolumePerformer({
      store,
      backends,
      locks,
      background: this.#background,
      logger,
      clock,
      randomUuid,
      refreshSoon,
    });
  }

  /** Registers the services and makes the default type. Nothing touches an array before `start`. */
  static async create(options: VolumeManagerOptions): Promise<VolumeManager> {
    const { store, logger, clock, storageAvailabilityZone: availabilityZone } = options;
    await ensureDefaultType(options, options.defaultVolumeType, options.backends);
    const scheduler = await store.services.register({
      host: options.host,
      binary: 'cinder-scheduler',
      availabilityZone,
    });
    const backends = new Map<string, Backend>();
    for (const { host, volumeBackendName, initiatorDataNamespace, createDriver } of options.backends) {
      const service = await store.services.register({ host, binary: 'cinder-volume', availabilityZone });
      const secrets = storedInitiatorSecrets(store, initiatorDataNamespace);
      backends.set(
        host,
        new Backend({
          host,
          volumeBackendName,
          driver: createDriver(secrets, service.activeBackendId),
          store,
          service,
          logger,
          clock,
          setupWaits: options.setupWaits ?? defaultSetupWaits,
        }),
      );
    }
    return new VolumeManager(options, backends, scheduler.id);
  }

  /**
   * Sets the back ends up, side by side, and keeps trying those that fail; takes up unfinished work of each as soon
   * as it is ready.
   */
  start(): void {
    const { reportInterval, statsInterval } = this.#options;
    const firstTries = [...this.#backends.values()].map((backend) => this.#bringUp(backend));
    this.#loops.push(
      Promise.all(firstTries).then(() => this.#started.resolve()),
      this.#every(reportInterval, () => this.#heartbeat()),
      this.#every(statsInterval, async () => {
        await Promise.all([...this.#backends.values()].map((backend) => backend.refresh()));
        await this.#options.store.quotas.expire();
      }),
    );
  }

  /** Resolves when every back end has been tried once, and those that are ready have finished what was left. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Does what has been accepted. */
  get perform(): Perform {
    return this.#performer;
  }

  /** Where casts run until they end or the manager stops. */
  get background(): Background {
    return this.#background;
  }

  reports(): readonly BackendReport[] {
    return [...this.#backends.values()].map((backend) => backend.report());
  }

  /** Why back ends are not ready, by host. */
  failures(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#backends].flatMap(([host, { failure }]) =>
        failure === null ? [] : [[host, failure] as const],
      ),
    );
  }

  /** Resolves when no accepted work runs. */
  idle(): Promise<void> {
    return this.#background.idle();
  }

  /** Refuses new work, lets running work end within the deadline, then closes the drivers. */
  async stop(deadlineMilliseconds: number): Promise<void> {
    this.#stopping.abort();
    await this.#background.drain(deadlineMilliseconds);
    await Promise.all([...this.#backends.values()].map(({ driver }) => driver.close()));
    await Promise.all([...this.#loops, ...this.#refreshing.values()]);
  }

  /** One report for all the work of the next moments: a burst of creates must not be a burst of reports. */
  #refreshSoon(host: string): void {
    const backend = this.#backends.get(host);
    const { signal } = this.#stopping;
    if (backend === undefined || signal.aborted || this.#refreshing.has(host)) {
      return;
    }
    const refresh = async (): Promise<void> => {
      try {
        await this.#options.clock.wait(refreshDelay, signal);
        await backend.refresh();
      } catch {
        // The service is stopping.
      } finally {
        this.#refreshing.delete(host);
      }
    };
    this.#refreshing.set(host, refresh());
  }

  /** @returns after the first try; later tries and what they lead to go on beside */
  async #bringUp(backend: Backend): Promise<void> {
    const isUp = await backend.setUp();
    await this.#performer.resumeFailover(backend.host);
    if (isUp || backend.ready) {
      await this.#ready(backend);
      return;
    }
    const { signal } = this.#stopping;
    this.#loops.push(
      backend.setUpUntilReady(signal).then(async (ready) => {
        if (ready) {
          await this.#ready(backend);
        }
      }),
    );
  }

  async #ready(backend: Backend): Promise<void> {
    await this.#options.store.services.heartbeat(backend.service.id);
    await this.#performer.resume(backend.host);
    this.#options.logger.info({ backend: backend.host }, 'back end in service');
  }

  /** Only back ends whose driver answers report themselves as up. */
  async #heartbeat(): Promise<void> {
    const { services } = this.#options.store;
    await services.heartbeat(this.#schedulerId);
    for (const backend of this.#backends.values()) {
      if (backend.ready) {
        await services.heartbeat(backend.service.id);
      }
    }
  }

  async #every(interval: number, work: () => Promise<void>): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        logger.error(
          { error: error instanceof Error ? error : new Error(String(error)) },
          'a periodic task failed',
        );
      }
      try {
        await clock.wait(interval, signal);
      } catch {
        return;
      }
    }
  }
}
