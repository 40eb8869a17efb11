import type { SimulatorClock } from '../time/clock.ts';
import type { ArrayModel } from './array-model.ts';
import type {
  ArrayConnection,
  LinkState,
  ReplicationSettings,
  ReplicationTarget,
  StretchedPod,
  Transfer,
} from './fleet-records.ts';
import { mirrorPods } from './pod-mirror.ts';
import { nameKey } from './registry.ts';

/** Everything at once: what a simulator does unless told otherwise. */
export const instantReplication: ReplicationSettings = { propagationMs: 0, transferMs: 0, resyncMs: 0 };

/** What the fleet keeps between starts of the simulator. */
export type FleetPicture = {
  readonly settings: ReplicationSettings;
  readonly connections: readonly ArrayConnection[];
  readonly targets: readonly ReplicationTarget[];
  readonly transfers: readonly Transfer[];
  readonly lastRuns: readonly (readonly [string, number])[];
  readonly pods: readonly StretchedPod[];
  readonly removals: readonly PodRemoval[];
  readonly links: readonly (readonly [string, LinkState])[];
  /** Ids of arrays that do not reach the mediator. */
  readonly withoutMediator: readonly string[];
};

/** An array that was taken out of a pod while it could not be reached: it finds out when it is back. */
export type PodRemoval = { readonly arrayId: string; readonly podId: string };

/**
 * The arrays of one simulator, and what lies between them: connections, replication targets, transfers, stretched
 * pods, and the state of the network. The rules are in the modules beside: array-connections, replication-targets,
 * replication, stretched-pods, pod-mirror.
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

  /** Adds an array; `address` is where its REST interface listens. */
  join(model: ArrayModel, address: () => string): void {
    this.#members.set(model.identity.id, { model, address });
    mirrorPods(model);
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
