import { type Clock, type KeyedLock, type Logger, ResourceQueue } from '@cinder-flasharray/common';
import type {
  InitiatorSecrets,
  ManageableRequest,
  ManageableSnapshot,
  ManageableVolume,
  VolumeDriver,
} from '@cinder-flasharray/driver';
import type { Store } from '@cinder-flasharray/store';
import { Backend } from './backends/backend.ts';
import type { BackendReport, Backends } from './backends/backend-report.ts';
import { ensureDefaultType } from './backends/default-types.ts';
import { storedInitiatorSecrets } from './backends/initiator-secrets.ts';
import { getManageableSnapshots, getManageableVolumes } from './backends/manageable.ts';
import { DeletedRows } from './deleted-rows.ts';
import { BlockStorageError } from './errors.ts';
import { failoverHost } from './operations/services/failover-host.ts';
import { readUnfinished } from './operations/unfinished.ts';
import { backendHostOf } from './rows/backend-host.ts';
import { Runner } from './run/runner.ts';

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
  /** How long rows that were deleted are kept; null or absent: for ever. */
  readonly keepDeleted?: number | null;
  readonly setupWaits?: readonly number[];
  /** How long work waits for trouble of an array to pass. Default half an hour. */
  readonly patience?: number;
  /** How long a call may take. Default one minute, as `rpc_response_timeout`. */
  readonly callDeadline?: number;
}

/** Milliseconds from work that changed the capacity to the report of it. */
const refreshDelay = 10_000;
const defaultPatience = 30 * 60_000;
const defaultCallDeadline = 60_000;
const defaultSetupWaits = [1_000, 2_000, 4_000, 15_000, 30_000];

/** Cinder's volume manager: back ends, their timers, and the work on them. */
export class VolumeManager implements Backends {
  readonly #options: VolumeManagerOptions;
  readonly #backends: ReadonlyMap<string, Backend>;
  /** Accepts, orders and does the work. */
  readonly runner: Runner;
  readonly #stopping = new AbortController();
  readonly #schedulerId: number;
  readonly #loops: Promise<void>[] = [];
  readonly #refreshing = new Map<string, Promise<void>>();
  readonly #started = Promise.withResolvers<void>();
  readonly #tried = Promise.withResolvers<void>();
  #isTried = false;

  /** By `host@backend`: what was left by another life of the service. */
  readonly #failovers: Promise<void>[] = [];
  readonly #leftovers = new Map<string | null, Promise<void>[]>();

  private constructor(
    options: VolumeManagerOptions,
    backends: ReadonlyMap<string, Backend>,
    queue: ResourceQueue,
    schedulerId: number,
  ) {
    this.#options = options;
    this.#backends = backends;
    this.#schedulerId = schedulerId;
    const { store, logger, clock, randomUuid } = options;
    this.runner = new Runner({
      store,
      backends,
      queue,
      logger,
      clock,
      randomUuid,
      owner: randomUuid(),
      patience: options.patience ?? defaultPatience,
      callDeadline: options.callDeadline ?? defaultCallDeadline,
      refreshSoon: (host) => this.#refreshSoon(host),
    });
  }

  /**
   * Registers the services, makes the default type, and puts what an earlier life left in its place before anything new.
   * Nothing touches an array before `start`.
   */
  static async create(options: VolumeManagerOptions): Promise<VolumeManager> {
    const { store, logger, clock, storageAvailabilityZone: availabilityZone } = options;
    await ensureDefaultType(options, options.defaultVolumeType, options.backends);
    const scheduler = await store.services.register({
      host: options.host,
      binary: 'cinder-scheduler',
      availabilityZone,
    });
    const queue = new ResourceQueue();
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
          queue,
          setupWaits: options.setupWaits ?? defaultSetupWaits,
        }),
      );
    }
    const manager = new VolumeManager(options, backends, queue, scheduler.id);
    await manager.#takeUp();
    return manager;
  }

  async #takeUp(): Promise<void> {
    const { store, logger } = this.#options;
    for (const { entryId, work } of await readUnfinished(store, logger)) {
      const touches = await work.touches(store);
      const host = await work.host(store);
      const key = host === null ? null : backendHostOf(host);
      const done = this.runner.takeUp({ entryId, work, touches });
      if (work.name === failoverHost.name) {
        this.#failovers.push(done);
        continue;
      }
      this.#leftovers.set(key, [...(this.#leftovers.get(key) ?? []), done]);
      logger.info({ operation: work.name, resource: work.resourceId }, 'taking up');
    }
  }

  /**
   * Sets the back ends up, side by side, and keeps trying those that fail; takes up unfinished work of each as soon
   * as it is ready.
   */
  start(): void {
    const { reportInterval, statsInterval, keepDeleted: keep = null } = this.#options;
    const deletedRows = new DeletedRows({ ...this.#options, keep });
    this.runner.open();
    let untried = this.#backends.size;
    const tried = (): void => {
      untried -= 1;
      if (untried === 0) {
        this.#isTried = true;
        this.#tried.resolve();
      }
    };
    const firstTries = [...this.#backends.values()].map((backend) => this.#bringUp(backend, tried));
    this.#loops.push(
      Promise.all(firstTries).then(() => this.#started.resolve()),
      this.#every(reportInterval, () => this.#heartbeat()),
      this.#every(statsInterval, async () => {
        await Promise.all([...this.#backends.values()].map((backend) => backend.refresh()));
        await this.#options.store.quotas.expire();
        await deletedRows.purge();
      }),
    );
  }

  /** Resolves when every back end has been tried once, and those that are ready have finished what was left. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** What is on the array of a back end (`host@backend`). */
  manageableVolumes(
    backendHost: string,
    request: Omit<ManageableRequest, 'managed'>,
  ): Promise<readonly ManageableVolume[]> {
    const { store } = this.#options;
    return getManageableVolumes({ store, backends: this.#backends }, backendHost, request);
  }

  manageableSnapshots(
    backendHost: string,
    request: Omit<ManageableRequest, 'managed'>,
  ): Promise<readonly ManageableSnapshot[]> {
    const { store } = this.#options;
    return getManageableSnapshots({ store, backends: this.#backends }, backendHost, request);
  }

  async tried(): Promise<void> {
    if (this.#isTried) {
      return;
    }
    const { clock, callDeadline = defaultCallDeadline } = this.#options;
    const timer = new AbortController();
    const late = clock.wait(callDeadline, timer.signal).catch(() => undefined);
    await Promise.race([this.#tried.promise, late]);
    timer.abort();
    if (this.#stopping.signal.aborted) {
      throw new BlockStorageError('stopping', 'The service is stopping.');
    }
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
    return this.runner.idle();
  }

  /** Refuses new work, lets running work end within the deadline, then closes the drivers. */
  async stop(deadlineMilliseconds: number): Promise<void> {
    this.#stopping.abort();
    await this.runner.drain(deadlineMilliseconds);
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

  /** @returns after the first try, and what was left when that made it ready; later tries go on beside */
  async #bringUp(backend: Backend, tried: () => void): Promise<void> {
    const isUp = await backend.setUp();
    // A failover does not wait for the array that it leaves, and makes the back end ready on another.
    await Promise.all(this.#failovers);
    tried();
    if (isUp || backend.ready) {
      await this.#ready(backend);
      await Promise.all(this.#leftovers.get(backend.host) ?? []);
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
    const { store, logger } = this.#options;
    try {
      await store.services.heartbeat(backend.service.id);
    } catch (error) {
      // The next heartbeat says it.
      logger.warn(
        { backend: backend.host, error: error instanceof Error ? error : new Error(String(error)) },
        'could not report the back end as up',
      );
    }
    logger.info({ backend: backend.host }, 'back end in service');
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
