import { randomInt, randomUUID } from 'node:crypto';
import {
  type BlockStorage,
  type CreateVolumeRequest,
  createBlockStorage,
} from '@cinder-flasharray/block-storage';
import {
  type Clock,
  KeyedLock,
  type Logger,
  Secret,
  silentLogger,
  systemClock,
} from '@cinder-flasharray/common';
import { type BackendConfig, FlashArrayDriver, type ProtocolConfig } from '@cinder-flasharray/driver';
import {
  type RunningSimulator,
  type SimulatedArrayOptions,
  startSimulator,
} from '@cinder-flasharray/simulator';
import { openStore, type Store } from '@cinder-flasharray/store';
import { VolumeManager } from '../src/index.ts';

/** An administrator's request. */
export const context = {
  userId: 'me',
  projectId: '0123456789abcdef0123456789abcdef',
  isAdmin: true,
  requestId: 'req-1',
};

/** The connectors of two machines. */
export const compute1 = { host: 'compute1', initiator: 'iqn.1994-05.com.redhat:compute1' };
export const compute2 = { host: 'compute2', initiator: 'iqn.1994-05.com.redhat:compute2' };

/** The levels that every acceptance case is run at. */
export const levels = [
  ['1.2', { purityVersion: '4.0.0' }],
  ['1.5', { purityVersion: '4.6.0' }],
  ['1.19', { purityVersion: '6.0.0', restVersions: Array.from({ length: 20 }, (_, minor) => `1.${minor}`) }],
  ['2.4', { purityVersion: '6.1.0' }],
  ['2.26', { purityVersion: '6.4.10' }],
  ['newest', {}],
] as const satisfies readonly (readonly [string, Omit<SimulatedArrayOptions, 'name'>])[];

/** A manager of a back end on each simulated array: `fa1`, unless others are named. */
export interface RunningManager {
  readonly simulator: RunningSimulator;
  readonly store: Store;
  readonly manager: VolumeManager;
  readonly blockStorage: BlockStorage;
  close(): Promise<void>;
}

/** What a test works with, under short names. @throws Error before it is set up */
export function serviceOf(running: RunningManager | undefined) {
  if (running === undefined) {
    throw new Error('not set up');
  }
  const { manager, blockStorage, simulator, store } = running;
  return {
    ...blockStorage,
    store,
    control: simulator.control,
    state: () => simulator.control.state('fa1'),
    idle: () => manager.idle(),
  };
}

/** A clock that goes so many times as fast, for what takes its time. */
export function clockTimes(factor: number): Clock {
  return {
    now: () => systemClock.now() * factor,
    elapsed: () => systemClock.elapsed() * factor,
    wait: (milliseconds, signal) => systemClock.wait(milliseconds / factor, signal),
  };
}

/** On which a second is a twentieth of one. */
export const hastyClock: Clock = clockTimes(20);

export async function runManager(
  array: Omit<SimulatedArrayOptions, 'name'> = {},
  clock: Clock = systemClock,
  options: {
    readonly names?: readonly string[];
    readonly logger?: Logger;
    /** By array, where it is not the array's own. */
    readonly tokens?: Readonly<Record<string, string>>;
    /** `volume_backend_name` of all of them, where it is not the array's name. */
    readonly sharedName?: string;
    /** Milliseconds. */
    readonly callDeadline?: number;
    /** iSCSI, unless another is given. */
    readonly protocol?: ProtocolConfig;
    /** Is told each statement of the database; what it throws is what the database says. */
    readonly beforeStatement?: (sql: string) => void;
  } = {},
): Promise<RunningManager> {
  const { names = ['fa1'], logger = silentLogger, tokens = {} } = options;
  const simulator = await startSimulator({ arrays: names.map((name) => ({ name, ...array })) });
  const { beforeStatement = () => undefined } = options;
  const store = await openStore({
    path: ':memory:',
    clock,
    simulation: { beforeStatement, opened: () => undefined },
  });
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
    ...(options.callDeadline === undefined ? {} : { callDeadline: options.callDeadline }),
    backends: simulator.arrays.map(({ name, address, apiTokens }) => ({
      section: name,
      host: `node1@${name}`,
      volumeBackendName: options.sharedName ?? name,
      initiatorDataNamespace: name,
      createDriver: (secrets) =>
        new FlashArrayDriver({
          config: {
            ...backendConfig(address, tokens[name] ?? apiTokens.pureuser ?? ''),
            section: name,
            volumeBackendName: options.sharedName ?? name,
            ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
          },
          secrets,
          locks,
          logger,
          clock,
          randomInteger: (below) => randomInt(below),
          randomUuid: randomUUID,
          platform: 'test',
        }),
    })),
  });
  manager.start();
  await manager.started;
  return {
    simulator,
    store,
    manager,
    blockStorage: blockStorageOf(store, manager),
    close: async () => {
      await manager.stop(5_000);
      await store.close();
      await simulator.close();
    },
  };
}

/** What requests are made to, over a manager. */
export function blockStorageOf(store: Store, manager: VolumeManager): BlockStorage {
  return createBlockStorage({
    store,
    runner: manager.runner,
    manageable: manager,
    backends: manager,
    clock: systemClock,
    randomUuid: randomUUID,
    logger: silentLogger,
    config: {
      defaultVolumeType: 'fa1',
      defaultGroupType: null,
      storageAvailabilityZone: 'nova',
      defaultAvailabilityZone: null,
      serviceDownTime: 60,
    },
  });
}

export function volumeRequest(change: Partial<CreateVolumeRequest> = {}): CreateVolumeRequest {
  return {
    size: 1,
    displayName: 'volume',
    displayDescription: null,
    volumeType: null,
    availabilityZone: null,
    metadata: {},
    snapshotId: null,
    sourceVolid: null,
    groupId: null,
    multiattach: false,
    ...change,
  };
}

export function backendConfig(address: string, apiToken: string): BackendConfig {
  return {
    section: 'fa1',
    volumeBackendName: 'fa1',
    protocol: { kind: 'iscsi', chap: false, cidrs: [{ text: '0.0.0.0/0', contains: () => true }] },
    address,
    apiToken: new Secret(apiToken),
    tls: { kind: 'not-verified' },
    initiatorDataNamespace: 'fa1',
    reservedPercentage: 0,
    maxOverSubscriptionRatio: 20,
    automaticMaxOverSubscriptionRatio: true,
    eradicateOnDelete: false,
    safemodeEnabled: false,
    hostPersonality: null,
    replication: null,
    filterFunction: null,
    goodnessFunction: null,
    volumeNameTemplate: 'volume-%s',
    snapshotNameTemplate: 'snapshot-%s',
  };
}
