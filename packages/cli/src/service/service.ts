import type { ApiServer } from '@cinder-flasharray/api';
import type { Logger } from '@cinder-flasharray/common';
import type { Store } from '@cinder-flasharray/store';
import type { VolumeManager } from '@cinder-flasharray/volume-manager';
import type { ServiceConfig } from '../config/service-config.ts';
import { CommandError, exitCode, systemCode } from '../exit-code.ts';
import { composeApi, composeBlockStorage, composeManager, systemEdges } from './compose.ts';
import { openState } from './open-state.ts';

/** How long a stop waits for running work, milliseconds. What does not end in time goes on at the next start. */
const drainDeadline = 20_000;

/** The standalone service: the one place where its parts are put together. */
export class Service {
  readonly manager: VolumeManager;
  /** `http://127.0.0.1:8776`. */
  readonly url: string;
  readonly #api: ApiServer;
  readonly #store: Store;

  private constructor(manager: VolumeManager, url: string, api: ApiServer, store: Store) {
    this.url = url;
    this.manager = manager;
    this.#api = api;
    this.#store = store;
  }

  /**
   * Opens the database, starts setting the back ends up and listens.
   * @throws CommandError `busy` when the state or the port is taken
   */
  static async open(config: ServiceConfig, logger: Logger): Promise<Service> {
    const store = await openState(config);
    try {
      const manager = await composeManager(config, store, logger, systemEdges);
      const blockStorage = composeBlockStorage(config, store, manager, logger, systemEdges);
      const api = await composeApi(config, blockStorage, manager, logger, systemEdges);
      const url = await listen(api, config);
      manager.start();
      return new Service(manager, url, api, store);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Refuses new requests, lets running work end, closes everything. */
  async close(): Promise<void> {
    await this.#api.close();
    await this.manager.stop(drainDeadline);
    await this.#store.close();
  }
}

async function listen(api: ApiServer, config: ServiceConfig): Promise<string> {
  try {
    return await api.listen({ host: config.listen.address, port: config.listen.port });
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') {
      throw new CommandError(
        exitCode.busy,
        `Port ${config.listen.port} on ${config.listen.address} is taken.`,
        'End the program that uses it, or choose another port: osapi_volume_listen_port, or --port of `npm start`.',
        error,
      );
    }
    throw error;
  }
}
