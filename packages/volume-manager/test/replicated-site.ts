import { randomInt, randomUUID } from 'node:crypto';
import type { BlockStorage } from '@cinder-flasharray/block-storage';
import {
  type Clock,
  KeyedLock,
  type Logger,
  Secret,
  silentLogger,
  systemClock,
} from '@cinder-flasharray/common';
import { type BackendConfig, FlashArrayDriver } from '@cinder-flasharray/driver';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { openStore, type Store } from '@cinder-flasharray/store';
import { VolumeManager } from '../src/index.ts';
import { backendConfig, blockStorageOf, context } from './running-manager.ts';

/** Of the back end. */
export const host = 'node1@fa1';

/** Two arrays or three, and managers of one back end that follow each other on one database. */
export interface Site {
  readonly simulator: RunningSimulator;
  readonly store: Store;
  /** A life of the service, up to where what was left for it is done. */
  start(): Promise<Started>;
  /** The same with no other targets in the configuration than these, by `backend_id`. */
  startWith(targets: readonly string[]): Promise<Started>;
  /** The same, as it is in its first moments: no array has been asked for anything yet. */
  begin(): Promise<Started>;
}

export interface Started {
  readonly manager: VolumeManager;
  readonly blockStorage: BlockStorage;
}

const cleanups: (() => Promise<void>)[] = [];

/** Ends every site that is open. */
export async function closeSites(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) {
    await cleanup();
  }
}

/**
 * @param kind `uniform`: synchronous, and hosts reach both arrays; `trisync`: synchronous to fa2, with copies on fa3
 * @param clock of the manager; the driver and the arrays have the system's
 * @param logger of the manager and the driver
 */
export async function openSite(
  kind: 'async' | 'sync' | 'uniform' | 'trisync',
  clock: Clock = systemClock,
  logger: Logger = silentLogger,
): Promise<Site> {
  const hasThird = kind === 'trisync';
  const simulator = await startSimulator({
    arrays: [{ name: 'fa1' }, { name: 'fa2' }, ...(hasThird ? [{ name: 'fa3' }] : [])],
    connections: [
      { from: 'fa1', to: 'fa2', type: 'sync-replication' },
      ...(hasThird
        ? [
            { from: 'fa1', to: 'fa3' },
            { from: 'fa2', to: 'fa3' },
          ]
        : []),
    ],
  });
  cleanups.push(() => simulator.close());
  const store = await openStore({ path: ':memory:', clock: systemClock });
  cleanups.push(() => store.close());
  const [primary, ...others] = simulator.arrays;
  const targets = others.map(({ name, address, apiTokens }) => ({
    backendId: name,
    address,
    apiToken: new Secret(apiTokens.pureuser ?? ''),
    tls: { kind: 'not-verified' } as const,
    kind: kind === 'async' || name === 'fa3' ? ('async' as const) : ('sync' as const),
    uniform: kind === 'uniform',
  }));
  const config = {
    ...backendConfig(primary?.address ?? '', primary?.apiTokens.pureuser ?? ''),
    replication: {
      targets,
      protectionGroup: 'cinder-group',
      pod: 'cinder-pod',
      ghostPod: 'cinder-ghost-pod',
      interval: 3_600_000,
      retention: { allFor: 14_400_000, perDay: 3, days: 7 },
      trisyncGroup: hasThird ? 'cinder-trisync' : null,
    },
  };
  const beginWith = async (configured: BackendConfig): Promise<Started> => {
    const locks = new KeyedLock();
    const manager = await VolumeManager.create({
      store,
      locks,
      logger,
      clock,
      randomUuid: randomUUID,
      host: 'node1',
      defaultVolumeType: 'fa1',
      storageAvailabilityZone: 'nova',
      reportInterval: 10_000,
      statsInterval: 60_000,
      setupWaits: [50],
      backends: [
        {
          section: 'fa1',
          host,
          volumeBackendName: 'fa1',
          initiatorDataNamespace: 'fa1',
          createDriver: (secrets, activeBackendId) =>
            new FlashArrayDriver({
              config: configured,
              secrets,
              locks,
              logger,
              clock: systemClock,
              randomInteger: (below) => randomInt(below),
              randomUuid: randomUUID,
              platform: 'test',
              activeBackendId,
              timeouts: { connect: 500, idle: 2_000, total: 4_000 },
            }),
        },
      ],
    });
    cleanups.push(() => manager.stop(5_000));
    manager.start();
    return { manager, blockStorage: blockStorageOf(store, manager) };
  };
  const configWith = (names: readonly string[]): BackendConfig => {
    const left = targets.filter(({ backendId }) => names.includes(backendId));
    const trisyncGroup = left.length === targets.length ? config.replication.trisyncGroup : null;
    return {
      ...config,
      replication: left.length === 0 ? null : { ...config.replication, targets: left, trisyncGroup },
    };
  };
  const startWith = async (names: readonly string[]): Promise<Started> => {
    const begun = await beginWith(configWith(names));
    await begun.manager.started;
    return begun;
  };
  return {
    simulator,
    store,
    start: () => startWith(targets.map(({ backendId }) => backendId)),
    startWith,
    begin: () => beginWith(config),
  };
}

/** A replicated volume type. */
export async function createMirroredType(
  blockStorage: Started['blockStorage'],
  kind: 'async' | 'sync' | 'trisync',
  name = 'mirrored',
): Promise<void> {
  await blockStorage.volumeTypes.create(context, {
    name,
    description: null,
    isPublic: true,
    extraSpecs: { replication_enabled: '<is> True', replication_type: `<in> ${kind}` },
  });
}

/** A group whose volumes are copied at one moment. @returns its id */
export async function createConsistentGroup(
  { manager, blockStorage }: Started,
  ...volumeTypes: readonly string[]
): Promise<string> {
  const { groups, groupTypes } = blockStorage;
  const { id: type } = await groupTypes.create(context, {
    name: 'consistent',
    description: null,
    isPublic: true,
  });
  await groupTypes.setGroupSpecs(context, type, { consistent_group_snapshot_enabled: '<is> True' });
  const { id } = await groups.create(context, {
    groupType: 'consistent',
    volumeTypes: volumeTypes.length === 0 ? ['fa1'] : volumeTypes,
    name: null,
    description: null,
    availabilityZone: null,
  });
  await manager.idle();
  return id;
}

/** Begins to take a volume of the array over, into the type that is not replicated. @returns its id */
export async function takeOver({ blockStorage }: Started, name: string): Promise<string> {
  const { id } = await blockStorage.manage.manageVolume(context, {
    host: `${host}#fa1`,
    reference: { 'source-name': name },
    volumeType: 'fa1',
    displayName: null,
    displayDescription: null,
    metadata: {},
    availabilityZone: null,
    bootable: false,
  });
  return id;
}
