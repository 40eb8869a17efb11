import type { SimulatedArrayOptions } from '@cinder-flasharray/simulator';

/** REST levels that every acceptance case is run at. */
export const levelNames = ['1.2', '1.5', '1.19', '2.4', '2.26', 'newest'] as const;
export type LevelName = (typeof levelNames)[number];

export interface Level {
  readonly name: LevelName;
  readonly generation: 'rest1' | 'rest2';
  readonly array: Omit<SimulatedArrayOptions, 'name'>;
}

const rest1Versions = Array.from({ length: 20 }, (_, minor) => `1.${minor}`);

export const levels: readonly Level[] = [
  { name: '1.2', generation: 'rest1', array: { purityVersion: '4.0.0' } },
  { name: '1.5', generation: 'rest1', array: { purityVersion: '4.6.0' } },
  // Arrays that offer 1.19 offer 2.x too, which would be preferred.
  { name: '1.19', generation: 'rest1', array: { purityVersion: '6.0.0', restVersions: rest1Versions } },
  { name: '2.4', generation: 'rest2', array: { purityVersion: '6.1.0' } },
  { name: '2.26', generation: 'rest2', array: { purityVersion: '6.4.10' } },
  { name: 'newest', generation: 'rest2', array: {} },
];

/** A case that a level cannot run: why, and where that is written. */
export interface Absent {
  readonly case: number;
  readonly levels: readonly LevelName[];
  readonly reason: string;
  readonly source: string;
}

/** Cases of the driver that are run here; every one at every level unless `absent` lists it. */
export const driverCases = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
  30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 44, 45, 46, 47, 48, 49, 50, 51, 52, 54, 55, 56, 57, 58,
  59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85,
  86, 87, 88, 89, 90, 91, 92, 93, 94, 95,
] as const;
export type DriverCase = (typeof driverCases)[number];

/** Cases that no array takes part in, or that the manager decides: the test file that has them. */
export const casesElsewhere: Readonly<Record<number, string>> = {
  43: 'packages/driver/src/config: a CIDR with host bits set is refused when the configuration is read',
  53: 'packages/volume-manager/test, at the same levels: whether another attachment needs the connection is the manager’s knowledge',
};

/** Those below 1.13. */
const early = ['1.2', '1.5'] as const;

export const absent: readonly Absent[] = [
  ...([57, 58, 65, 74, 75, 78, 79] as const).map((number) => ({
    case: number,
    levels: early,
    reason: 'there are no pods; synchronous replication is refused at the start',
    source: 'purity-rest-1.x section 6.1: pods in 1.13',
  })),
  ...([13, 14, 63, 64, 66, 69, 70, 71, 72, 73, 76, 94] as const).map((number) => ({
    case: number,
    levels: ['1.2'] as const,
    reason: 'replication of protection groups is driven from REST 1.3 on',
    source: 'driver-behaviour section 6.4: the snapshots of a replicated group are listed by 1.3 and later',
  })),
  ...([6, 8, 9, 10, 18, 19] as const).map((number) => ({
    case: number,
    levels: early,
    reason: 'volumes have no limits; asking for one is refused, which refusals.test.ts shows',
    source: 'purity-rest-1.x section 6.1: bandwidth_limit in 1.14, iops_limit in 1.17',
  })),
  ...([11, 25, 82] as const).map((number) => ({
    case: number,
    levels: early,
    reason: 'there are no volume groups or pods; asking for one is refused, which refusals.test.ts shows',
    source: 'purity-rest-1.x section 6.1: pods and vgroups in 1.13',
  })),
  {
    case: 15,
    levels: ['1.2', '1.5', '1.19', '2.4'],
    reason: 'arrays have no default protection',
    source: 'purity-rest-2.x section 7.24: container-default-protections in 2.16',
  },
  {
    case: 49,
    levels: ['1.2', '1.5', '1.19', '2.4'],
    reason: 'no NVMe over TCP; starting such a back end is refused, which refusals.test.ts shows',
    source: 'driver-behaviour section 3.3: NVMe-TCP needs Purity 6.4.2',
  },
  ...([50, 51] as const).map((number) => ({
    case: number,
    levels: early,
    reason: 'no NVMe; starting such a back end is refused, which refusals.test.ts shows',
    source: 'purity-rest-1.x section 6.1: NVMe in 1.16',
  })),
  {
    case: 83,
    levels: ['1.2'],
    reason: 'snapshots keep their names; managing one is refused, which refusals.test.ts shows',
    source: 'purity-rest-1.x section 2.4: snapshots are renamed from 1.4 on',
  },
];
