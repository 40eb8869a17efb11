import type { Clock, Logger, ResourceQueue } from '@cinder-flasharray/common';
import { DriverError, type VolumeDriver, type VolumeStats } from '@cinder-flasharray/driver';
import type { JsonObject, ServiceRecord, Store } from '@cinder-flasharray/store';
import { driverVolume } from '../rows/driver-views.ts';
import type { BackendReport } from './backend-report.ts';

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
  /** Milliseconds between tries to set the driver up; the last one repeats. */
  readonly setupWaits: readonly number[];
}

/** One back end of this process: its driver's life, and what the scheduler is told about it. */
export class Backend {
  readonly host: string;
  readonly driver: VolumeDriver;
  readonly service: ServiceRecord;
  readonly #options: BackendOptions;
  #state: { readonly kind: 'ready' } | { readonly kind: 'not-ready'; readonly reason: string } = {
    kind: 'not-ready',
    reason: 'it is still being set up',
  };
  #capabilities: JsonObject | null = null;
  /** Resolves when the back end becomes ready. */
  readonly #readiness = Promise.withResolvers<void>();

  constructor(options: BackendOptions) {
    this.host = options.host;
    this.driver = options.driver;
    this.service = options.service;
    this.#options = options;
  }

  get ready(): boolean {
    return this.#state.kind === 'ready';
  }

  /** Why the driver is not ready, or null when it is. */
  get failure(): string | null {
    return this.#state.kind === 'ready' ? null : this.#state.reason;
  }

  /** @throws DriverError `not-initialized` with the reason */
  readyDriver(): VolumeDriver {
    const reason = this.failure;
    if (reason !== null) {
      throw new DriverError('not-initialized', `Back end ${this.host} is not ready: ${reason}`);
    }
    return this.driver;
  }

  /** Resolves when the driver is ready. @throws DriverError `not-initialized` when the signal ends the wait */
  async whenReady(signal: AbortSignal): Promise<void> {
    const stopped = Promise.withResolvers<void>();
    const stop = (): void => stopped.resolve();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) {
      stop();
    }
    try {
      await Promise.race([this.#readiness.promise, stopped.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    this.readyDriver();
  }

  /** The driver works on another array now, and is ready there. The caller has the back end alone. */
  async failedOver(): Promise<void> {
    this.#becomeReady();
    await this.refresh();
  }

  /** One try, alone. @returns whether the driver is ready now; the reason is logged and kept when it is not */
  async setUp(): Promise<boolean> {
    const place = this.#options.queue.enter([{ key: `backend:${this.host}`, mode: 'exclusive' }]);
    try {
      await place.turn;
      // A failover that came first has made it ready.
      return this.ready || (await this.#setUp());
    } finally {
      place.leave();
    }
  }

  #becomeReady(): void {
    this.#state = { kind: 'ready' };
    this.#readiness.resolve();
  }

  async #setUp(): Promise<boolean> {
    const { logger } = this.#options;
    try {
      await this.driver.doSetup();
      await this.driver.checkForSetupError();
      await this.#refresh();
      await this.#recordOldNames();
      await this.#tellReplication();
      this.#becomeReady();
      logger.info({ backend: this.host }, 'back end ready');
      return true;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#state = { kind: 'not-ready', reason: failure.message };
      logger.error({ backend: this.host, error: failure }, 'could not set up the back end');
      return false;
    }
  }

  /** Tries until the driver is ready or the signal ends it. */
  async setUpUntilReady(signal: AbortSignal): Promise<boolean> {
    const { clock, setupWaits } = this.#options;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (await this.setUp()) {
        return true;
      }
      const wait = setupWaits[Math.min(attempt, setupWaits.length - 1)] ?? 0;
      try {
        await clock.wait(wait, signal);
      } catch {
        return false;
      }
    }
    return false;
  }

  /** Reads the statistics anew; an error leaves the last report in place and is logged. */
  async refresh(): Promise<void> {
    if (!this.ready) {
      return;
    }
    try {
      await this.#refresh();
    } catch (error) {
      this.#options.logger.warn(
        { backend: this.host, error: error instanceof Error ? error : new Error(String(error)) },
        'could not read statistics: the last report stands',
      );
    }
  }

  report(): BackendReport {
    return {
      host: this.host,
      pool: `${this.host}#${this.#options.volumeBackendName}`,
      volumeBackendName: this.#options.volumeBackendName,
      initialized: this.ready,
      capabilities: this.#capabilities,
      properties: this.driver.capabilityProperties(),
      serviceUuid: this.service.uuid,
    };
  }

  async #refresh(): Promise<void> {
    const stats: VolumeStats = await this.driver.getVolumeStats({ refresh: true });
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
      for (const update of await this.driver.updateProviderInfo(volumes)) {
        await store.volumes.update(update.id, { providerId: update.providerId });
        await store.volumes.setMetadata(update.id, update.metadata, 'merge');
      }
    }
  }
}
