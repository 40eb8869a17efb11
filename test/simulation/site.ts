import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InMemorySimulator, type SimulatorTimers, simulateInMemory } from '@cinder-flasharray/simulator';
import { readServiceConfig } from '../../packages/cli/src/config/read-service-config.ts';
import type { ServiceConfig } from '../../packages/cli/src/config/service-config.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What stands where. */
export const siteNames = ['one', 'sync', 'uniform', 'async', 'trisync', 'hosts', 'fc', 'nvme'] as const;
export type SiteName = (typeof siteNames)[number];

/** Of these types every volume can be in a group of any: they are not replicated, and in no volume group. */
export const consistentType = 'consistent';
export const genericType = 'generic';
/** Consistent, and copied as one. */
export const replicatedGroupType = 'replicated';
/** Specs of group types. */
export const groupTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [consistentType]: { consistent_group_snapshot_enabled: '<is> True' },
  [genericType]: {},
  [replicatedGroupType]: {
    consistent_group_snapshot_enabled: '<is> True',
    consistent_group_replication_enabled: '<is> True',
  },
};
/** A pod that an administrator keeps volumes in. */
export const plainPod = 'plainpod';

/** How volumes of a type are kept. */
export interface SimulatedType {
  readonly name: string;
  readonly extraSpecs: Readonly<Record<string, string>>;
  /** Specs that the array is to enforce. */
  readonly qos: Readonly<Record<string, string>> | null;
  readonly multiattach: boolean;
  readonly volumeGroup: string | null;
  readonly replication: 'async' | 'sync' | 'trisync' | null;
}

export interface Site {
  readonly name: SiteName;
  readonly purity: string;
  readonly simulator: InMemorySimulator;
  readonly config: ServiceConfig;
  /** `node1@fa`, as `failover-host` names it. */
  readonly backend: string;
  /** Name of the array of each `backend_id`; the primary's is `default`. */
  readonly arrays: ReadonlyMap<string, string>;
  readonly types: readonly SimulatedType[];
  readonly protocol: 'iscsi' | 'fibre-channel' | 'nvme';
  /** Somebody works on the arrays beside the service, and clients do what they do otherwise as well. */
  readonly isShared: boolean;
  /** The arrays that show the same volumes to hosts at once. */
  readonly uniform: boolean;
}

/** The arrays have an administrator, see `Administrator`. */
const sharedSites: readonly SiteName[] = ['hosts', 'fc', 'nvme'];
const driverNames = {
  iscsi: 'PureISCSIDriver',
  'fibre-channel': 'PureFCDriver',
  nvme: 'PureNVMEDriver',
} as const;

function protocolOf(name: SiteName): keyof typeof driverNames {
  return name === 'fc' ? 'fibre-channel' : name === 'nvme' ? 'nvme' : 'iscsi';
}

const oneArrayPurity = ['4.8.0', '5.3.0', '6.1.0', '6.4.10', '6.11.0'] as const;
const replicatedPurity = ['5.3.0', '6.4.10', '6.11.0'] as const;

/** NVMe came with REST 2. */
const nvmePurity = ['6.4.10', '6.11.0'] as const;

function purityOf(name: SiteName): readonly string[] {
  return name === 'nvme'
    ? nvmePurity
    : name === 'one' || name === 'hosts'
      ? oneArrayPurity
      : replicatedPurity;
}

export interface SiteOptions {
  readonly name: SiteName;
  /** Null: chance picks one. */
  readonly purity: string | null;
  readonly seed: number;
  readonly random: Random;
  readonly time: VirtualTime;
  /** For configuration and database. */
  readonly folder: string;
  /** What the arrays have, as a simulator keeps it; null: nothing. */
  readonly arrays: string | null;
}

export async function buildSite({
  name,
  purity: given,
  seed,
  random,
  time,
  folder,
  arrays,
}: SiteOptions): Promise<Site> {
  const purity = given ?? random.pick(purityOf(name)) ?? '6.11.0';
  const devices = devicesOf(name);
  const timers: SimulatorTimers = {
    now: () => time.now(),
    after: (milliseconds, work) => time.after(milliseconds, work),
    afterInput: (work) => {
      time.after(0, work);
    },
  };
  const simulator = simulateInMemory({
    arrays: ['fa1', ...devices.map((device) => device.array)].map((array) => ({
      name: array,
      purityVersion: purity,
    })),
    connections: connectionsOf(name),
    replication: { propagationMs: 1_000, transferMs: 3_000, resyncMs: 5_000 },
    seed,
    clock: { now: () => time.now() },
    timers,
    ...(arrays === null ? {} : { state: arrays }),
  });
  const tokenOf = (array: string): string =>
    simulator.arrays.find((candidate) => candidate.name === array)?.apiTokens.pureuser ?? '';
  const file = join(folder, 'cinder.conf');
  const lines = [
    '[DEFAULT]',
    'host = node1',
    'enabled_backends = fa',
    'default_volume_type = plain',
    `state_path = ${folder}`,
    '[fa]',
    `volume_driver = cinder.volume.drivers.pure.${driverNames[protocolOf(name)]}`,
    'volume_backend_name = fa',
    'san_ip = fa1.array',
    `pure_api_token = ${tokenOf('fa1')}`,
    'driver_ssl_cert_verify = False',
    ...(name === 'async' || name === 'trisync' ? ['pure_replica_interval_default = 300'] : []),
    ...devices.map(
      ({ array, settings }) =>
        `replication_device = backend_id:${array},san_ip:${array}.array,api_token:${tokenOf(array)},${settings}`,
    ),
    ...(name === 'trisync' ? ['pure_trisync_enabled = True'] : []),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const read = await readServiceConfig([file]);
  if (read.kind === 'invalid') {
    throw new Error(read.problems.join('\n'));
  }
  return {
    name,
    purity,
    simulator,
    config: read.config,
    backend: 'node1@fa',
    arrays: new Map([['default', 'fa1'], ...devices.map(({ array }) => [array, array] as const)]),
    types: typesOf(name, purity),
    protocol: protocolOf(name),
    isShared: sharedSites.includes(name),
    uniform: name === 'uniform' || name === 'fc',
  };
}

interface Device {
  readonly array: string;
  readonly settings: string;
}

function devicesOf(name: SiteName): readonly Device[] {
  switch (name) {
    case 'one':
    case 'hosts':
    case 'nvme':
      return [];
    case 'sync':
      return [{ array: 'fa2', settings: 'type:sync' }];
    case 'uniform':
    case 'fc':
      return [{ array: 'fa2', settings: 'type:sync,uniform:true' }];
    case 'async':
      return [{ array: 'fa2', settings: 'type:async' }];
    case 'trisync':
      return [
        { array: 'fa2', settings: 'type:sync' },
        { array: 'fa3', settings: 'type:async' },
      ];
  }
}

function connectionsOf(name: SiteName): NonNullable<Parameters<typeof simulateInMemory>[0]['connections']> {
  switch (name) {
    case 'one':
    case 'hosts':
    case 'nvme':
      return [];
    case 'sync':
    case 'uniform':
    case 'fc':
      return [{ from: 'fa1', to: 'fa2', type: 'sync-replication' }];
    case 'async':
      return [{ from: 'fa1', to: 'fa2' }];
    case 'trisync':
      return [
        { from: 'fa1', to: 'fa2', type: 'sync-replication' },
        { from: 'fa1', to: 'fa3' },
        { from: 'fa2', to: 'fa3' },
      ];
  }
}

const plain: SimulatedType = {
  name: 'plain',
  extraSpecs: {},
  qos: null,
  multiattach: false,
  volumeGroup: null,
  replication: null,
};

function typesOf(name: SiteName, purity: string): readonly SimulatedType[] {
  const hasGroups = !purity.startsWith('4.');
  return [
    plain,
    {
      ...plain,
      name: 'shared',
      extraSpecs: { multiattach: '<is> True' },
      multiattach: true,
    },
    ...(hasGroups
      ? [
          { ...plain, name: 'limited', qos: { maxIOPS: '500', maxBWS_per_GB: '2' } },
          { ...plain, name: 'gold', extraSpecs: { 'flasharray:vg_name': 'gold' }, volumeGroup: 'gold' },
        ]
      : []),
    ...replicatedKinds(name).map((kind) => ({
      ...plain,
      name: `mirror-${kind}`,
      extraSpecs: { replication_enabled: '<is> True', replication_type: `<in> ${kind}` },
      replication: kind,
    })),
  ];
}

function replicatedKinds(name: SiteName): readonly ('async' | 'sync' | 'trisync')[] {
  switch (name) {
    case 'one':
    case 'hosts':
    case 'nvme':
      return [];
    case 'sync':
    case 'uniform':
    case 'fc':
      return ['sync'];
    case 'async':
      return ['async'];
    case 'trisync':
      return ['sync', 'trisync', 'async'];
  }
}
