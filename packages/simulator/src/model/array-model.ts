import type { PerformanceSample } from '../control/admin-operations.ts';
import type { DriveStatus, HardwareStatus, SimulatedInterface } from '../control/state.ts';
import type { SimulatorClock } from '../time/clock.ts';
import type { PartChanges } from './chassis.ts';
import type { Fleet } from './fleet.ts';
import type { Alert } from './health.ts';

import type { SeededRandom } from './random.ts';
import type {
  Admin,
  Connection,
  GroupSnapshot,
  Host,
  HostGroup,
  Pod,
  ProtectionGroup,
  Session,
  Snapshot,
  Tag,
  Volume,
  VolumeGroup,
} from './records.ts';
import { Registry } from './registry.ts';

/** What does not change while an array runs. */
export type ArrayIdentity = {
  /** UUID. */
  readonly id: string;
  /** 16 lower hexadecimal digits that end the target IQN and NQN. */
  readonly targetSuffix: string;
  readonly created: number;
};

/** What may be changed by the array's administrator. */
export type ArraySettings = {
  readonly name: string;
  readonly purityVersion: string;
  readonly restVersions: readonly string[];
  readonly capacity: number;
  readonly evergreenOne: boolean;
  readonly interfaces: readonly SimulatedInterface[];
  readonly controllerStatus: Readonly<Record<string, 'ready' | 'not ready' | 'updating' | 'unknown'>>;
  readonly nextLun: number;
  readonly manualEradication: boolean;
  /** Destroying a connected volume succeeds, and the reply counts its connections (some Purity releases). */
  readonly destroysConnected: boolean;
  /** Milliseconds from destroying an object to its eradication. */
  readonly eradicationDelay: number;
  /** Milliseconds a session may be idle; 0: for ever. */
  readonly idleTimeout: number;
  readonly banner: string;
  readonly performanceSamples: readonly PerformanceSample[] | null;
  /** Names of the protection groups that new volumes join. */
  readonly defaultProtection: readonly string[];
  readonly volumeLimit: number | null;
  readonly hostLimit: number | null;
  readonly snapshotLimit: number | null;
};

/** Everything an array knows. The rules are in the modules beside, one for each kind of object. */
export class ArrayModel {
  readonly identity: ArrayIdentity;
  readonly clock: SimulatorClock;
  readonly random: SeededRandom;
  /** The arrays of this simulator, this one among them. */
  readonly fleet: Fleet;
  settings: ArraySettings;

  readonly volumes = new Registry<Volume>();
  readonly snapshots = new Registry<Snapshot>();
  readonly hosts = new Registry<Host>();
  readonly hostGroups = new Registry<HostGroup>();
  readonly protectionGroups = new Registry<ProtectionGroup>();
  readonly groupSnapshots = new Registry<GroupSnapshot>();
  readonly volumeGroups = new Registry<VolumeGroup>();
  readonly pods = new Registry<Pod>();
  readonly admins = new Registry<Admin>();
  readonly alerts = new Registry<Alert>();
  readonly sessions = new Map<string, Session>();
  readonly snapshotsByVolume = this.snapshots.indexBy(({ volumeId }) => volumeId);
  readonly snapshotsByGroupSnapshot = this.snapshots.indexBy(({ groupSnapshotId }) => groupSnapshotId);
  readonly groupSnapshotsByGroup = this.groupSnapshots.indexBy(({ groupId }) => groupId);
  /** Protection groups whose snapshot schedule runs, under `on`. */
  readonly groupsOnSchedule = this.protectionGroups.indexBy(({ snapshotSchedule }) =>
    snapshotSchedule.enabled ? 'on' : null,
  );
  readonly hostsByGroup = this.hosts.indexBy(({ hostGroupId }) => hostGroupId);
  connections: readonly Connection[] = [];
  tags: readonly Tag[] = [];
  hardware: PartChanges<HardwareStatus> = {};
  drives: PartChanges<DriveStatus> = {};

  /** Volumes and snapshots ever made: the counter part of serials. */
  serialCounter = 0;
  /** Last number given as a snapshot suffix; numbers only increase. */
  suffixCounter = 0;
  /** Earliest time at which something pending may be eradicated. */
  nextEradication = Number.POSITIVE_INFINITY;
  /** Counts changes of what volumes and snapshots hold. */
  dataVersion = 0;

  constructor(
    identity: ArrayIdentity,
    settings: ArraySettings,
    clock: SimulatorClock,
    random: SeededRandom,
    fleet: Fleet,
  ) {
    this.fleet = fleet;
    this.identity = identity;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
  }

  now(): number {
    return this.clock.now();
  }

  newId(): string {
    return this.random.uuid();
  }

  /** 24 upper hexadecimal digits: 16 of the array id, 8 of a counter (purity-rest-2.x.md section 7.1). */
  newSerial(): string {
    this.serialCounter += 1;
    const prefix = this.identity.id.replaceAll('-', '').slice(0, 16);
    return (prefix + (0x11000 + this.serialCounter).toString(16).padStart(8, '0')).toUpperCase();
  }

  /** The next number that the array uses as a suffix when it is given none. */
  newSuffix(): string {
    this.suffixCounter += 1;
    return String(this.suffixCounter);
  }

  /** When something destroyed now will be eradicated. */
  eradicationTime(): number {
    const at = this.now() + this.settings.eradicationDelay;
    this.nextEradication = Math.min(this.nextEradication, at);
    return at;
  }

  /** Whether this array offers at least this REST 2 version. */
  offersRest2(minor: number): boolean {
    return this.settings.restVersions.some((version) => {
      const [major, versionMinor] = version.split('.').map(Number);
      return major === 2 && (versionMinor ?? 0) >= minor;
    });
  }

  /** Whether this array offers at least this REST 1 version, or any REST 2. */
  offersRest1(minor: number): boolean {
    return this.settings.restVersions.some((version) => {
      const [major = 0, versionMinor = 0] = version.split('.').map(Number);
      return major >= 2 || versionMinor >= minor;
    });
  }

  update(settings: Partial<ArraySettings>): void {
    this.settings = { ...this.settings, ...settings };
  }

  /** Forgets all objects; administrators and their tokens stay. */
  clear(): void {
    for (const registry of [
      this.volumes,
      this.snapshots,
      this.hosts,
      this.hostGroups,
      this.protectionGroups,
      this.groupSnapshots,
      this.volumeGroups,
      this.pods,
      this.alerts,
    ]) {
      registry.clear();
    }
    this.sessions.clear();
    this.connections = [];
    this.tags = [];
    this.hardware = {};
    this.drives = {};
    this.nextEradication = Number.POSITIVE_INFINITY;
    this.dataVersion += 1;
  }
}
