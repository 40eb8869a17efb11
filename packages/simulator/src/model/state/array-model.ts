import type { SimulatorClock } from '../../time/clock.ts';
import type { Alert } from './alert.ts';
import type { ArrayIdentity, ArraySettings } from './array-settings.ts';
import {
  type ArrayConnection,
  type FleetPicture,
  instantReplication,
  type LinkState,
  type PodRemoval,
  type ReplicationSettings,
  type ReplicationTarget,
  type StretchedPod,
  type Transfer,
} from './fleet-records.ts';
import type { DriveStatus, HardwareStatus, PartChanges } from './hardware.ts';
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
import { nameKey, Registry } from './registry.ts';

/**
 * Everything an array knows. The rules are in rules/, one file for each kind of object. An array knows its fleet and the
 * fleet its arrays, so that both are in this file.
 */
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

  /** When something destroyed now will be eradicated; what a retention lock keeps waits for the other delay. */
  eradicationTime(isLocked = false): number {
    const { manualEradication, eradicationDelay, disabledDelay } = this.settings;
    const at = this.now() + (isLocked || !manualEradication ? disabledDelay : eradicationDelay);
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

/**
 * The arrays of one simulator, and what lies between them: connections, replication targets, transfers, stretched
 * pods, and the state of the network. The rules are in fleet/, and in rules/pod-mirror.
 */
export class Fleet {
  readonly clock: SimulatorClock;
  settings: ReplicationSettings = instantReplication;
  connections: readonly ArrayConnection[] = [];
  targets: readonly ReplicationTarget[] = [];
  transfers: readonly Transfer[] = [];
  pods: readonly StretchedPod[] = [];
  removals: readonly PodRemoval[] = [];
  /** Protection group id to the time of its last scheduled replication. */
  readonly lastRuns = new Map<string, number>();
  /** When retention has to look again; 0: now. */
  nextRetention = 0;
  /** Everything due until this time has been done. */
  settledAt: number;
  /** While true, changes are copies of what another array did: they are not copied on. */
  mirroring = false;

  readonly #members = new Map<string, { readonly model: ArrayModel; readonly address: () => string }>();
  readonly #links = new Map<string, LinkState>();
  readonly #lost = new Set<string>();
  readonly #withoutMediator = new Set<string>();

  constructor(clock: SimulatorClock) {
    this.clock = clock;
    this.settledAt = clock.now();
  }

  /** Adds an array; `address` is where its REST interface listens. `joinFleet` keeps its pods alike as well. */
  join(model: ArrayModel, address: () => string): void {
    this.#members.set(model.identity.id, { model, address });
  }

  models(): readonly ArrayModel[] {
    return [...this.#members.values()].map(({ model }) => model);
  }

  byId(arrayId: string): ArrayModel | undefined {
    return this.#members.get(arrayId)?.model;
  }

  byName(name: string): ArrayModel | undefined {
    return this.models().find((model) => nameKey(model.settings.name) === nameKey(name));
  }

  /** The array that answers at a management address: one of its management interfaces, or where REST listens. */
  byAddress(address: string): ArrayModel | undefined {
    return [...this.#members.values()].find(
      (member) => member.address() === address || managementAddresses(member.model).includes(address),
    )?.model;
  }

  linkState(one: string, other: string): LinkState {
    return this.#links.get(pairKey(one, other)) ?? 'up';
  }

  setLinkState(one: string, other: string, state: LinkState): void {
    if (state === 'up') this.#links.delete(pairKey(one, other));
    else this.#links.set(pairKey(one, other), state);
  }

  /** Whether an array has stopped answering at all. */
  isLost(arrayId: string): boolean {
    return this.#lost.has(arrayId);
  }

  setLost(arrayId: string, lost: boolean): void {
    if (lost) this.#lost.add(arrayId);
    else this.#lost.delete(arrayId);
  }

  reachesMediator(arrayId: string): boolean {
    return !this.#withoutMediator.has(arrayId) && !this.#lost.has(arrayId);
  }

  setMediator(arrayId: string, reachable: boolean): void {
    if (reachable) this.#withoutMediator.delete(arrayId);
    else this.#withoutMediator.add(arrayId);
  }

  /** The connection of two arrays, whichever made it. */
  connectionOf(one: string, other: string): ArrayConnection | undefined {
    return this.connections.find(
      ({ fromId, toId }) => (fromId === one && toId === other) || (fromId === other && toId === one),
    );
  }

  /** Whether replication of the kind can flow between two arrays now. */
  canReplicate(one: string, other: string, kind: 'async' | 'sync'): boolean {
    const connection = this.connectionOf(one, other);
    return (
      connection !== undefined &&
      (kind === 'async' || connection.type === 'sync-replication') &&
      !this.isLost(one) &&
      !this.isLost(other) &&
      this.linkState(one, other) !== 'down'
    );
  }

  /** The stretched pod; undefined for a pod that is on one array only. */
  stretchedPod(podId: string): StretchedPod | undefined {
    return this.pods.find((pod) => pod.podId === podId);
  }

  /** Whether the array was taken out of the pod and does not know it yet. */
  isRemoved(arrayId: string, podId: string): boolean {
    return this.removals.some((removal) => removal.arrayId === arrayId && removal.podId === podId);
  }

  putTarget(target: ReplicationTarget): ReplicationTarget {
    const known = this.targets.some(({ id }) => id === target.id);
    this.targets = known
      ? this.targets.map((other) => (other.id === target.id ? target : other))
      : [...this.targets, target];
    return target;
  }

  putTransfer(transfer: Transfer): Transfer {
    const known = this.transfers.some(({ id }) => id === transfer.id);
    this.transfers = known
      ? this.transfers.map((other) => (other.id === transfer.id ? transfer : other))
      : [...this.transfers, transfer];
    return transfer;
  }

  putPod(pod: StretchedPod): StretchedPod {
    this.pods = [...this.pods.filter(({ podId }) => podId !== pod.podId), pod];
    return pod;
  }

  /** Forgets everything between this array and others. */
  forget(arrayId: string): void {
    const groups = this.byId(arrayId)?.protectionGroups;
    const gone = (target: ReplicationTarget) =>
      target.targetId === arrayId || groups?.byId(target.groupId) !== undefined;
    const targets = new Set(this.targets.filter(gone).map(({ id }) => id));
    this.transfers = this.transfers.filter(({ targetId }) => !targets.has(targetId));
    this.targets = this.targets.filter((target) => !gone(target));
    this.pods = this.pods
      .map((pod) => ({ ...pod, members: pod.members.filter((member) => member.arrayId !== arrayId) }))
      .filter(({ members }) => members.length > 1);
    this.removals = this.removals.filter((removal) => removal.arrayId !== arrayId);
    this.connections = this.connections.filter(({ fromId, toId }) => fromId !== arrayId && toId !== arrayId);
    this.#lost.delete(arrayId);
    this.#withoutMediator.delete(arrayId);
    for (const other of this.#members.keys()) this.setLinkState(arrayId, other, 'up');
  }

  /** For the state file. Which arrays are lost is not kept: at a start all are there. */
  picture(): FleetPicture {
    const { settings, connections, targets, transfers, pods, removals } = this;
    return {
      settings,
      connections,
      targets,
      transfers,
      pods,
      removals,
      lastRuns: [...this.lastRuns],
      links: [...this.#links],
      withoutMediator: [...this.#withoutMediator],
    };
  }

  /** Takes up a picture as far as its arrays have joined. */
  restore(picture: FleetPicture): void {
    const known = (id: string): boolean => this.#members.has(id);
    this.settings = picture.settings;
    this.connections = picture.connections.filter(({ fromId, toId }) => known(fromId) && known(toId));
    this.targets = picture.targets.filter(({ targetId }) => known(targetId));
    const targets = new Set(this.targets.map(({ id }) => id));
    this.transfers = picture.transfers.filter(({ targetId }) => targets.has(targetId));
    this.pods = picture.pods.filter(({ members }) => members.every(({ arrayId }) => known(arrayId)));
    this.removals = picture.removals.filter(({ arrayId }) => known(arrayId));
    for (const [group, time] of picture.lastRuns) this.lastRuns.set(group, time);
    for (const [pair, state] of picture.links) this.#links.set(pair, state);
    for (const arrayId of picture.withoutMediator) this.setMediator(arrayId, false);
  }
}

/** Addresses of an array's management interfaces, the virtual one first. */
export function managementAddresses(model: ArrayModel): readonly string[] {
  return model.settings.interfaces
    .filter((device) => device.services.includes('management'))
    .toSorted((one, other) => Number(other.subtype === 'vif') - Number(one.subtype === 'vif'))
    .flatMap((device) => device.address ?? []);
}

function pairKey(one: string, other: string): string {
  return [one, other].sort().join(' ');
}
