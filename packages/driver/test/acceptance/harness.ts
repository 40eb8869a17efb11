import { randomInt, randomUUID } from 'node:crypto';
import {
  type Clock,
  gibibytes,
  KeyedLock,
  type LogFields,
  type Logger,
  Secret,
  systemClock,
} from '@cinder-flasharray/common';
import type { Timeouts, TlsTrust } from '@cinder-flasharray/flasharray';
import {
  type ArrayState,
  type RunningSimulator,
  type SimulatorControl,
  type SimulatorOptions,
  startSimulator,
} from '@cinder-flasharray/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { FlashArrayDriver } from '../../src/backend/flash-array-driver.ts';
import type { BackendConfig, ProtocolConfig } from '../../src/config/backend-config.ts';
import { type Cidr, parseCidr } from '../../src/config/cidr.ts';
import type { InitiatorSecrets } from '../../src/connections/chap.ts';
import type {
  ConnectionInfo,
  DriverSnapshot,
  DriverVolume,
  DriverVolumeType,
  IscsiConnectionData,
} from '../../src/contract/records.ts';
import { absent, type DriverCase, type Level, type LevelName, levels } from './levels.ts';

export const arrayName = 'fa1';
export const gib = 2 ** 30;
export const iqn = 'iqn.1994-05.com.redhat:compute1';
export const systemUuid = '420456D9-EC23-E120-7084-A8CE8FDE3990';
/** The name that host computenode1 with that UUID gets. */
export const hostName = 'computenode1-420456d9ec23e1207084a8ce8fde3990-cinder';

export function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed.kind === 'invalid') {
    throw new Error(parsed.rule);
  }
  return parsed.cidr;
}

export function connector(
  overrides: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { host: 'computenode1', initiator: iqn, 'system uuid': systemUuid, multipath: true, ...overrides };
}

/** An iSCSI back end's protocol, with the options that a case wants. */
export function iscsi(
  options: { readonly chap?: boolean; readonly cidrs?: readonly Cidr[] } = {},
): ProtocolConfig {
  return { kind: 'iscsi', chap: options.chap ?? false, cidrs: options.cidrs ?? [cidr('0.0.0.0/0')] };
}

/** What an iSCSI attach tells the host. */
export function iscsiData(info: ConnectionInfo): IscsiConnectionData {
  if (info.driver_volume_type !== 'iscsi') {
    throw new Error(`the driver answers for ${info.driver_volume_type}`);
  }
  return info.data;
}

export const volumeId = '1e5177e7-95e5-4a0f-b170-e45f4b469f6a';
export const volumeName = 'volume-1e5177e7-95e5-4a0f-b170-e45f4b469f6a-cinder';

/** A volume row as the manager hands it over: its name is on record before the first call. */
export function aVolume(size: number, overrides: Partial<DriverVolume> = {}): DriverVolume {
  const id = overrides.id ?? volumeId;
  return {
    id,
    nameId: id,
    size: gibibytes(size),
    providerId: `volume-${id}-cinder`,
    metadata: { purpose: 'database' },
    projectId: '0123456789abcdef0123456789abcdef',
    bootable: false,
    type: null,
    group: null,
    ...overrides,
  };
}

export function aVolumeType(overrides: Partial<DriverVolumeType> = {}): DriverVolumeType {
  return { name: 'gold', extraSpecs: {}, qos: null, ...overrides };
}

export const snapshotId = '04fe2f9a-d0c4-4564-a30d-693cc3657b47';
export const snapshotName = `${volumeName}.snapshot-04fe2f9a-d0c4-4564-a30d-693cc3657b47`;

export function aSnapshot(size: number, overrides: Partial<DriverSnapshot> = {}): DriverSnapshot {
  return {
    id: snapshotId,
    providerId: snapshotName,
    volumeSize: gibibytes(size),
    metadata: {},
    volume: { id: volumeId, nameId: volumeId, providerId: volumeName, type: null },
    groupSnapshot: null,
    ...overrides,
  };
}

/** Secrets of all drivers of one test, as a database shared by several services would keep them. */
export class MemorySecrets implements InitiatorSecrets {
  readonly stored = new Map<string, string>();

  async get(initiator: string): Promise<Secret | null> {
    const text = this.stored.get(initiator);
    return text === undefined ? null : new Secret(text);
  }

  async insertIfAbsent(initiator: string, secret: Secret): Promise<Secret> {
    const standing = this.stored.get(initiator) ?? secret.expose();
    this.stored.set(initiator, standing);
    return new Secret(standing);
  }
}

/** Everything that was logged, at every level. */
export class LogCapture implements Logger {
  readonly lines: string[] = [];
  debug = (fields: LogFields, message: string): void => this.#keep('debug', fields, message);
  info = (fields: LogFields, message: string): void => this.#keep('info', fields, message);
  warn = (fields: LogFields, message: string): void => this.#keep('warn', fields, message);
  error = (fields: LogFields, message: string): void => this.#keep('error', fields, message);

  #keep(level: string, fields: LogFields, message: string): void {
    const shown = Object.entries(fields).map(
      ([key, value]) => `${key}=${value instanceof Error ? `${value.message} ${value.stack}` : value}`,
    );
    this.lines.push(`${level} ${message} ${shown.join(' ')} ${JSON.stringify(fields)}`);
  }
}

/** Waits between looks at a host that changed meanwhile, milliseconds: what is waited for has happened already. */
const lookAgainWaits = [1_000, 2_000, 4_000, 8_000];

/** Real time for deadlines, none for those waits. */
const impatientClock: Clock = {
  now: () => systemClock.now(),
  elapsed: () => systemClock.elapsed(),
  wait: async (milliseconds, signal) => {
    if (!lookAgainWaits.includes(milliseconds)) {
      await systemClock.wait(milliseconds, signal);
    }
  },
};

/** What a test changes about a driver besides its configuration. */
export interface DriverSettings {
  readonly timeouts?: Timeouts;
  readonly clock?: Clock;
  readonly activeBackendId?: string | null;
}

export interface CaseContext {
  readonly level: Level;
  readonly control: SimulatorControl;
  readonly address: string;
  readonly apiToken: string;
  readonly caFile: string;
  readonly secrets: MemorySecrets;
  readonly log: LogCapture;
  /** A driver that is not set up. */
  newDriver(overrides?: Partial<BackendConfig>, options?: DriverSettings): FlashArrayDriver;
  /** A driver that is set up. */
  openDriver(overrides?: Partial<BackendConfig>, options?: DriverSettings): Promise<FlashArrayDriver>;
  /** The other simulated arrays of this file, by name. */
  access(array: string): { readonly address: string; readonly apiToken: string };
  state(): Promise<ArrayState>;
  /** The request that does something at this level. */
  request(kind: RequestKind): { readonly method: string; readonly path: string };
}

/** What a request does, whatever the REST generation. */
export type RequestKind = keyof (typeof requests)['rest1'];

/** The request that does something, by REST generation. */
export const requests = {
  rest1: {
    'create-volume': { method: 'POST', path: '/^volume\\/[^/]+$/' },
    overwrite: { method: 'POST', path: '/^volume\\/[^/]+$/' },
    extend: { method: 'PUT', path: '/^volume\\/[^/]+$/' },
    'create-host': { method: 'POST', path: '/^host\\/[^/]+$/' },
    'change-host': { method: 'PUT', path: '/^host\\/[^/]+$/' },
    'delete-host': { method: 'DELETE', path: '/^host\\/[^/]+$/' },
    connect: { method: 'POST', path: '/^host\\/[^/]+\\/volume\\//' },
    disconnect: { method: 'DELETE', path: '/^host\\/[^/]+\\/volume\\//' },
    'find-hosts': { method: 'GET', path: '/^host$/' },
  },
  rest2: {
    'create-volume': { method: 'POST', path: '/^volumes$/' },
    overwrite: { method: 'POST', path: '/^volumes$/' },
    extend: { method: 'PATCH', path: '/^volumes$/' },
    'create-host': { method: 'POST', path: '/^hosts$/' },
    'change-host': { method: 'PATCH', path: '/^hosts$/' },
    'delete-host': { method: 'DELETE', path: '/^hosts$/' },
    connect: { method: 'POST', path: '/^connections$/' },
    disconnect: { method: 'DELETE', path: '/^connections$/' },
    'find-hosts': { method: 'GET', path: '/^hosts$/' },
  },
} as const;

export const trust = { kind: 'not-verified' } as const satisfies TlsTrust;

type CaseBody = (context: CaseContext) => Promise<void>;
interface RegisteredCase {
  readonly case: DriverCase;
  readonly title: string;
  readonly body: CaseBody;
  readonly without: readonly LevelName[];
}

const registered: RegisteredCase[] = [];

/**
 * Declares a numbered case; `runCases` runs it at every level the table allows.
 * @param options.without levels that cannot run this part of the case; another part has to be run there
 */
export function acceptanceCase(
  number: DriverCase,
  title: string,
  body: CaseBody,
  { without = [] }: { readonly without?: readonly LevelName[] } = {},
): void {
  registered.push({ case: number, title, body, without });
}

/** Runs what the file declared, once per level, each level on a simulated array of its own. */
export function runCases(
  fleet: Pick<SimulatorOptions, 'connections'> & {
    readonly others: readonly string[];
    /** Levels whose arrays cannot be connected like this. */
    readonly without?: readonly LevelName[];
  } = { others: [] },
): void {
  const runnable = (level: Level) =>
    registered.filter(
      (row) =>
        !row.without.includes(level.name) &&
        !absent.some((other) => other.case === row.case && other.levels.includes(level.name)),
    );
  const used = levels.filter(
    (level) => runnable(level).length > 0 && fleet.without?.includes(level.name) !== true,
  );
  describe.each(used.map((level) => [level.name, level] as const))('REST %s', (_name, level) => {
    let simulator: RunningSimulator | undefined;
    const opened: FlashArrayDriver[] = [];

    beforeAll(async () => {
      simulator = await startSimulator({
        arrays: [arrayName, ...fleet.others].map((name) => ({ name, ...level.array })),
        ...(fleet.connections === undefined ? {} : { connections: fleet.connections }),
        seed: 7,
      });
    });
    beforeEach(async () => {
      await simulator?.control.reset();
      await simulator?.control.setReplication({ propagationMs: 0, transferMs: 0, resyncMs: 0 });
      for (const other of fleet.others) {
        await simulator?.control.setReplicationLink(arrayName, other, 'up');
      }
    });
    // What a failed call still tries must not reach into the next case.
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((driver) => driver.close()));
    });
    afterAll(async () => {
      await simulator?.close();
    });

    for (const { case: number, title, body } of runnable(level)) {
      test(`case ${number}: ${title}`, async () => {
        if (simulator === undefined) {
          throw new Error('the simulator is not running');
        }
        await body(contextOf(level, simulator, opened));
      });
    }
  });
}

function contextOf(level: Level, simulator: RunningSimulator, opened: FlashArrayDriver[]): CaseContext {
  const [array] = simulator.arrays;
  const apiToken = array?.apiTokens.pureuser;
  if (array === undefined || apiToken === undefined) {
    throw new Error('the simulated array has no token');
  }
  const secrets = new MemorySecrets();
  const log = new LogCapture();
  const newDriver: CaseContext['newDriver'] = (overrides = {}, options = {}) => {
    const driver = new FlashArrayDriver({
      config: { ...baseConfig(array.address, apiToken), ...overrides },
      secrets,
      locks: new KeyedLock(),
      logger: log,
      clock: options.clock ?? impatientClock,
      activeBackendId: options.activeBackendId ?? null,
      randomInteger: (below) => randomInt(below),
      randomUuid: randomUUID,
      platform: 'Debian GNU/Linux 12 (bookworm)',
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    });
    opened.push(driver);
    return driver;
  };
  return {
    level,
    control: simulator.control,
    address: array.address,
    apiToken,
    caFile: simulator.caFile ?? '',
    secrets,
    log,
    newDriver,
    openDriver: async (overrides, options) => {
      const driver = newDriver(overrides, options);
      await driver.open();
      await simulator.control.clearRequests(arrayName);
      return driver;
    },
    access: (name) => {
      const found = simulator.arrays.find((candidate) => candidate.name === name);
      return { address: found?.address ?? '', apiToken: found?.apiTokens.pureuser ?? '' };
    },
    state: () => simulator.control.state(arrayName),
    request: (kind) => requests[level.generation][kind],
  };
}

export function baseConfig(address: string, apiToken: string): BackendConfig {
  return {
    section: 'puredriver-1',
    volumeBackendName: 'puredriver-1',
    protocol: iscsi(),
    address,
    apiToken: new Secret(apiToken),
    tls: trust,
    initiatorDataNamespace: 'puredriver-1',
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
