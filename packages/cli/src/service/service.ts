import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ApiServer } from '@cinder-flasharray/api';
import { type Logger, systemClock } from '@cinder-flasharray/common';
import { openStore, type Store, StoreError } from '@cinder-flasharray/store';
import type { VolumeManager } from '@cinder-flasharray/volume-manager';
import type { ServiceConfig } from '../config/service-config.ts';
import { CommandError, exitCode, systemCode } from '../exit-code.ts';
import { composeApi, composeBlockStorage, composeManager, systemEdges } from './compose.ts';

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
    const store = await open(config);
    try {
      const manager = await composeManager(config, store, logger, systemEdges);
      const blockStorage = composeBlockStorage(config, store, manager, logger, systemEdges);
      const api = await composeApi(config, blockStorage, logger, systemEdges);
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

async function open(config: ServiceConfig): Promise<Store> {
  const { databasePath } = config;
  try {
    await mkdir(dirname(databasePath), { recursive: true, mode: 0o700 });
    return await openStore({ path: databasePath, clock: systemClock });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'busy') {
      throw new CommandError(
        exitCode.busy,
        `Another process owns the database ${databasePath}.`,
        'End the other service first, or give this one a database of its own with [database] connection.',
        error,
      );
    }
    if (error instanceof StoreError && error.code === 'schema') {
      throw new CommandError(
        exitCode.failure,
        `Cannot use the database: ${error.message}. Nothing in it was changed.`,
        'Run a release that knows it, or give this one a database of its own with [database] connection or state_path.',
        error,
      );
    }
    throw new CommandError(
      exitCode.failure,
      `Cannot open the database ${databasePath}: ${error instanceof Error ? error.message : String(error)}`,
      'Check that the folder can be written, or set [database] connection or state_path.',
      error,
    );
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
        'End the program that uses it, or set osapi_volume_listen_port.',
        error,
      );
    }
    throw error;
  }
}
