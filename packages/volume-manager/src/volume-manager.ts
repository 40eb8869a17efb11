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
import { type BackendState, describeState, isInService, isUp } from './backends/backend-state.ts';
import { ensureDefaultType } from './backends/default-types.ts';
import { storedInitiatorSecrets } from './backends/initiator-secrets.ts';
import { getManageableSnapshots, getManageableVolumes } from './backends/manageable.ts';
import { DeletedRows } from './deleted-rows.ts';
import { OperationError } from './errors.ts';
import { makeUpConnect } from './operations/connections/make-up-connect.ts';
import { makeUpDisconnect } from './operations/connections/make-up-disconnect.ts';
import { releaseHost } from './operations/connections/release-host.ts';
import { deferrable } from './operations/originals/due.ts';
import { failoverHost } from './operations/services/failover-host.ts';
import { readUnfinished } from './operations/unfinished.ts';
import { backendHostOf } from './rows/backend-host.ts';
import { Runner } from './run/runner.ts';

/** Work that nobody waits for: it may be for an array that is away, or one that refuses it for long. */
const housekeeping: ReadonlySet<string> = new Set(
  [makeUpConnect, makeUpDisconnect, releaseHost, ...deferrable].map(({ name }) => name),
);

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
    const { store, logger, backends } = this.#options;
    const hosts = backends.map(({ host }) => host);
    for (const { entryId, work } of await readUnfinished(store, logger, hosts)) {
      const touches = await work.touches(store);
      const host = await work.host(store);
      const key = host === null ? null : backendHostOf(host);
      const done = this.runner.takeUp({ entryId, work, touches });
      if (work.name === failoverHost.name) {
        this.#failovers.push(done);
        continue;
      }
      if (housekeeping.has(work.name)) {
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
    const firstTries = [...this.#backends.values()].map((backend) => this.#bringUp(backend));
    this.#loops.push(
      Promise.all(firstTries).then(async (isUp) => {
        this.#isTried = true;
        this.#tried.resolve();
        await Promise.all(
          [...this.#backends.keys()].flatMap((host, index) =>
            isUp[index] === true ? (this.#leftovers.get(host) ?? []) : [],
          ),
        );
        this.#started.resolve();
      }),
      this.#every(reportInterval, () => this.#heartbeat()),
      this.#every(statsInterval, async () => {
        await Promise.all([...this.#backends.values()].map((backend) => backend.refresh()));
        await this.#options.store.quotas.expire();
        await deletedRows.purge();
      }),
    );
  }

  /** Resolves when every back end has been tried once, and those that are ready have finished what was left for them. */
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
      throw new OperationError('stopping', 'The service is stopping.');
    }
  }

  reports(): readonly BackendReport[] {
    return [...this.#backends.values()].map((backend) => backend.report());
  }

  /** How every back end is. */
  states(): Promise<readonly BackendState[]> {
    return Promise.all([...this.#backends.values()].map((backend) => backend.state()));
  }

  /**
   * Whether the service can do its work: the database takes changes, and a back end is in service. The words say how
   * each back end is, whether that is well or not.
   */
  async health(): Promise<{ readonly healthy: boolean; readonly reasons: readonly string[] }> {
    try {
      await this.#options.store.services.heartbeat(this.#schedulerId);
      const states = await this.states();
      const isWell = ({ condition, failedOverTo, frozen }: BackendState): boolean =>
        isUp(condition) && failedOverTo === null && !frozen;
      return {
        healthy: states.length === 0 || states.some(({ condition }) => isInService(condition)),
        reasons: states.every(isWell) ? ['OK'] : states.map(describeState),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { healthy: false, reasons: [`the database cannot be written: ${reason}`] };
    }
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

  /** Begins the back end's life. @returns after the first try: whether it is up */
  async #bringUp(backend: Backend): Promise<boolean> {
    const tried = Promise.withResolvers<void>();
    this.#loops.push(backend.live(this.#stopping.signal, tried.resolve));
    await tried.promise;
    // A failover does not wait for the array that it leaves, and brings the back end up on another.
    await Promise.all(this.#failovers);
    return isUp(backend.condition);
  }

  /** Only back ends that are in service report themselves as up. */
  async #heartbeat(): Promise<void> {
    const { services } = this.#options.store;
    await services.heartbeat(this.#schedulerId);
    for (const backend of this.#backends.values()) {
      if (isInService(backend.condition)) {
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
