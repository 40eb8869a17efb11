import { randomInt, randomUUID } from 'node:crypto';
import { type ApiServer, createApi, noauth } from '@cinder-flasharray/api';
import { type BlockStorage, createBlockStorage } from '@cinder-flasharray/block-storage';
import { type Clock, KeyedLock, type Logger, systemClock } from '@cinder-flasharray/common';
import { debugTrace, FlashArrayDriver, type FlashArrayDriverOptions } from '@cinder-flasharray/driver';
import type { Store } from '@cinder-flasharray/store';
import { VolumeManager } from '@cinder-flasharray/volume-manager';
import type { ServiceConfig } from '../config/service-config.ts';
import { platformName } from '../logging/platform.ts';

/** Time, chance, and the way to the arrays: what a simulation replaces. */
export interface ServiceEdges {
  readonly clock: Clock;
  /** 0 to `below` - 1. */
  readonly randomInteger: (below: number) => number;
  readonly randomUuid: () => string;
  /** Absent: HTTPS. */
  readonly openTransport?: NonNullable<FlashArrayDriverOptions['openTransport']>;
}

/** The real ones. */
export const systemEdges: ServiceEdges = {
  clock: systemClock,
  randomInteger: (below) => randomInt(below),
  randomUuid: randomUUID,
};

const day = 86_400_000;

/** The manager with a driver for each back end of the configuration. Nothing touches an array before its `start`. */
export async function composeManager(
  config: ServiceConfig,
  store: Store,
  logger: Logger,
  edges: ServiceEdges,
): Promise<VolumeManager> {
  const locks = new KeyedLock();
  const platform = platformName();
  const { clock, randomUuid } = edges;
  return await VolumeManager.create({
    store,
    locks,
    logger,
    clock,
    randomUuid,
    host: config.host,
    defaultVolumeType: config.defaultVolumeType,
    storageAvailabilityZone: config.storageAvailabilityZone,
    reportInterval: config.reportInterval * 1_000,
    statsInterval: config.statsInterval * 1_000,
    keepDeleted: config.purgeDeletedAfterDays === 0 ? null : config.purgeDeletedAfterDays * day,
    backends: config.backends.map(({ host, config: backend }) => ({
      section: backend.section,
      host,
      volumeBackendName: backend.volumeBackendName,
      initiatorDataNamespace: backend.initiatorDataNamespace,
      createDriver: (secrets, activeBackendId) =>
        debugTrace(
          new FlashArrayDriver({
            ...edges,
            config: backend,
            secrets,
            locks,
            logger,
            platform,
            activeBackendId,
          }),
          backend.section,
          logger,
        ),
    })),
  });
}

/** What the API asks, over a manager. */
export function composeBlockStorage(
  config: ServiceConfig,
  store: Store,
  manager: VolumeManager,
  logger: Logger,
  { clock, randomUuid }: ServiceEdges,
): BlockStorage {
  return createBlockStorage({
    store,
    runner: manager.runner,
    manageable: manager,
    backends: manager,
    clock,
    randomUuid,
    logger,
    config,
  });
}

/** The API; it does not listen yet. */
export async function composeApi(
  config: ServiceConfig,
  blockStorage: BlockStorage,
  manager: Pick<VolumeManager, 'health'>,
  logger: Logger,
  { clock, randomUuid }: ServiceEdges,
): Promise<ApiServer> {
  return await createApi({
    blockStorage,
    healthy: () => manager.health(),
    auth: noauth(),
    publicEndpoint: config.publicEndpoint,
    maxLimit: config.maxLimit,
    projectIdRegex: config.projectIdRegex,
    logger,
    clock,
    randomUuid,
  });
}
