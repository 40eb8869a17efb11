import type { Clock, Logger, ResourceQueue } from '@cinder-flasharray/common';
import {
  DriverError,
  type FailoverProgress,
  type VolumeDriver,
  type VolumeStats,
} from '@cinder-flasharray/driver';
import type { JsonObject, ServiceRecord, Store } from '@cinder-flasharray/store';
import { driverVolume } from '../rows/driver-views.ts';
import type { BackendReport } from './backend-report.ts';
import { type BackendCondition, type BackendState, describeCondition, isUp } from './backend-state.ts';

export interface BackendOptions {
  /** `node1@puredriver-1`. */
  readonly host: string;
  readonly volumeBackendName: string;
  readonly driver: VolumeDriver;
  readonly store: Store;
  readonly service: ServiceRecord;
  readonly logger: Logger;
  readonly clock: Clock;
  /** A set-up has the back end alone, as a failover has it. */
  readonly queue: ResourceQueue;
  /** Milliseconds between tries to set the driver up, or to reach its array again; the last one repeats. */
  readonly setupWaits: readonly number[];
}

/** One back end of this process: how it is, and what the scheduler is told about it. */
export class Backend {
  readonly host: string;
  readonly driver: VolumeDriver;
  readonly service: ServiceRecord;
  readonly #options: BackendOptions;
  #condition: BackendCondition = { kind: 'setting-up' };
  #capabilities: JsonObject | null = null;
  /** Resolves at the next change of the condition's kind. */
  #changed = Promise.withResolvers<void>();
  #refreshing: Promise<void> | null = null;

  constructor(options: BackendOptions) {
    this.host = options.host;
    this.driver = options.driver;
    this.service = options.service;
    this.#options = options;
  }

  get condition(): BackendCondition {
    return this.#condition;
  }

  /** With what the service's row says. */
  async state(): Promise<BackendState> {
    const row = await this.#options.store.services.find(this.host, 'cinder-volume');
    const active = row?.activeBackendId ?? '';
    return {
      host: this.host,
      condition: this.#condition,
      failedOverTo: active === '' ? null : active,
      frozen: row?.frozen === true,
    };
  }

  /** @throws DriverError `not-initialized` with the reason */
  readyDriver(): VolumeDriver {
    if (!isUp(this.#condition)) {
      throw new DriverError('not-initialized', `Back end ${this.host} ${describeCondition(this.#condition)}`);
    }
    return this.driver;
  }

  /** Resolves when the driver can be worked with. @throws DriverError `not-initialized` when the signal ends the wait */
  async whenUp(signal: AbortSignal): Promise<void> {
    while (!isUp(this.#condition) && !signal.aborted) {
      await this.#change(signal);
    }
    this.readyDriver();
  }

  /**
   * Sets the back end up, keeps trying what fails, and asks an array that was lost until it answers again: until the
   * signal ends it.
   * @param tried is told after the first try, and at the end
   */
  async live(signal: AbortSignal, tried: () => void): Promise<void> {
    const { clock, setupWaits } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      const isFirst = this.#condition.kind === 'setting-up';
      switch (this.#condition.kind) {
        case 'setting-up':
        case 'not-set-up':
          await this.#setUpAlone();
          break;
        case 'lost':
          await this.refresh();
          break;
        case 'up':
        case 'failing-over':
          failures = 0;
          await this.#change(signal);
          continue;
      }
      if (isFirst) {
        tried();
      }
      if (!isUp(this.#condition)) {
        const wait = setupWaits[Math.min(failures, setupWaits.length - 1)] ?? 0;
        failures += 1;
        await clock.wait(wait, signal).catch(() => undefined);
      }
    }
    tried();
  }

  /**
   * Lets a failover run, which the caller gives the back end alone. When it fails the back end is as it was before.
   */
  async failOver<T>(perform: (progress: (progress: FailoverProgress) => void) => Promise<T>): Promise<T> {
    const before = this.#condition;
    this.#become({ kind: 'failing-over', done: 0, of: 0 });
    try {
      return await perform(({ done, of }) => this.#become({ kind: 'failing-over', done, of }));
    } catch (error) {
      this.#become(before);
      throw error;
    }
  }

  /** The driver works on another array now, and its records say so. */
  async failedOver(): Promise<void> {
    this.#become({ kind: 'up' });
    await this.refresh();
  }

  /** Reads the statistics anew: what the array answers, or does not, is how the back end is from now on. */
  async refresh(): Promise<void> {
    const { kind } = this.#condition;
    if (kind !== 'up' && kind !== 'lost') {
      return;
    }
    this.#refreshing ??= this.#refreshOnce();
    await this.#refreshing;
  }

  report(): BackendReport {
    return {
      host: this.host,
      pool: `${this.host}#${this.#options.volumeBackendName}`,
      volumeBackendName: this.#options.volumeBackendName,
      arrays: this.driver.arrays,
      servesPod: this.driver.servesPod,
      condition: this.#condition,
      capabilities: this.#capabilities,
      properties: this.driver.capabilityProperties,
      serviceUuid: this.service.uuid,
    };
  }

  async #refreshOnce(): Promise<void> {
    const asked = this.#condition;
    try {
      await this.#readStatistics();
      // A failover that began meanwhile says more.
      if (this.#condition.kind === 'lost') {
        this.#become({ kind: 'up' });
      }
    } catch (error) {
      if (!(error instanceof DriverError)) {
        this.#options.logger.warn(
          { backend: this.host, error: asError(error) },
          'could not make the report: the last one stands',
        );
      } else if (this.#condition === asked || this.#condition.kind === 'lost') {
        // An array that has another REST version now, as after an upgrade, is connected to anew.
        this.#become({
          kind: error.arrayCode === 'unsupported' ? 'not-set-up' : 'lost',
          reason: error.message,
        });
      }
    } finally {
      this.#refreshing = null;
    }
  }

  /** One try. A failover that came first may have made it needless. */
  async #setUpAlone(): Promise<void> {
    const place = this.#options.queue.enter([{ key: `backend:${this.host}`, mode: 'exclusive' }]);
    try {
      await place.turn;
      if (!isUp(this.#condition)) {
        await this.#setUp();
      }
    } finally {
      place.leave();
    }
  }

  async #setUp(): Promise<void> {
    try {
      await this.driver.open();
      await this.driver.checkForSetupError();
      await this.#readStatistics();
      await this.#recordOldNames();
      await this.#tellReplication();
      this.#become({ kind: 'up' });
    } catch (error) {
      if (!(error instanceof DriverError)) {
        this.#options.logger.error({ backend: this.host, error: asError(error) }, 'a set-up failed');
      }
      this.#become({ kind: 'not-set-up', reason: asError(error).message });
    }
  }

  /** The one place where the condition changes, and is said. */
  #become(condition: BackendCondition): void {
    const before = this.#condition;
    this.#condition = condition;
    const words = describeCondition(condition);
    const isNews = words !== describeCondition(before);
    const fields = { backend: this.host };
    switch (condition.kind) {
      case 'not-set-up':
      case 'lost':
        // The same again is said once.
        this.#options.logger[isNews ? 'error' : 'debug'](fields, `the back end ${words}`);
        break;
      case 'setting-up':
      case 'up':
        this.#options.logger.info(fields, `the back end ${words}`);
        break;
      case 'failing-over':
        this.#options.logger.debug(fields, `the back end ${words}`);
        break;
    }
    if (condition.kind === before.kind) {
      return;
    }
    if (condition.kind === 'up') {
      void this.#heartbeat();
    }
    const changed = this.#changed;
    this.#changed = Promise.withResolvers();
    changed.resolve();
  }

  async #heartbeat(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      await store.services.heartbeat(this.service.id);
    } catch (error) {
      // The next heartbeat says it.
      logger.warn({ backend: this.host, error: asError(error) }, 'could not report the back end as up');
    }
  }

  /** Resolves when the condition's kind has changed, or the signal has ended the wait. */
  async #change(signal: AbortSignal): Promise<void> {
    const stopped = Promise.withResolvers<void>();
    const stop = (): void => stopped.resolve();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) {
      stop();
    }
    try {
      await Promise.race([this.#changed.promise, stopped.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #readStatistics(): Promise<void> {
    const stats: VolumeStats = await this.driver.statistics.read({ refresh: true });
    const allocated = await this.#options.store.volumes.allocatedGib(this.host);
    this.#capabilities = {
      ...stats,
      pool_name: this.#options.volumeBackendName,
      allocated_capacity_gb: allocated,
      cacheable: true,
      timestamp: new Date(this.#options.clock.now()).toISOString().replace('Z', '000'),
    };
  }

  /** What the driver reports becomes the service's status, unless a failover says more. */
  async #tellReplication(): Promise<void> {
    const { store } = this.#options;
    const service = await store.services.find(this.host, 'cinder-volume');
    const stands = ['failed-over', 'failing-over', 'failover-error'];
    if (service !== null && !stands.includes(service.replicationStatus ?? '')) {
      await store.services.update(service.id, {
        replicationStatus: this.#capabilities?.replication_enabled === true ? 'enabled' : 'disabled',
      });
    }
  }

  /** Volumes of drivers that recorded no names yet: only finished ones, the others were never made. */
  async #recordOldNames(): Promise<void> {
    const { store } = this.#options;
    for await (const page of store.volumes.unnamedOfBackend(this.host)) {
      const finished = page.filter(({ status }) => status === 'available' || status === 'in-use');
      const volumes = await Promise.all(finished.map((volume) => driverVolume(store, volume)));
      for (const update of await this.driver.volumes.findNames(volumes)) {
        await store.volumes.update(update.id, { providerId: update.providerId });
        await store.volumes.setMetadata(update.id, update.metadata, 'merge');
      }
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
