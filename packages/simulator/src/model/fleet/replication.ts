import { createGroupSnapshot, liveGroup, partsOf } from '../rules/protection-groups.ts';
import { Refusal } from '../rules/refusal.ts';
import type { ArrayModel, Fleet } from '../state/array-model.ts';
import type { ReplicationTarget, Transfer } from '../state/fleet-records.ts';
import type { GroupSnapshot } from '../state/records.ts';
import type { FleetEvent } from './fleet-event.ts';
import { homeReaching, homesOf, membersAt, refuseReplica } from './replication-targets.ts';
import { nextRun } from './schedule.ts';

/** How a group snapshot is to be replicated: behind earlier ones of the group, or at once. */
export type Replicate = 'queued' | 'now';

/** A snapshot of the group, sent to all targets that allow it. @throws Refusal when there is none */
export function createReplicatedSnapshot(
  model: ArrayModel,
  groupName: string,
  suffix: string | undefined,
  replicate: Replicate,
  retained: GroupSnapshot['retained'] = undefined,
): GroupSnapshot {
  const group = liveGroup(model, groupName);
  refuseReplica(group);
  if (allowedTargets(model.fleet, group.id).length === 0) {
    throw new Refusal('Protection group has no target that allows replication.', groupName);
  }
  const snapshot = createGroupSnapshot(model, groupName, suffix, retained);
  send(model, snapshot, replicate);
  return snapshot;
}

/** A snapshot of the group that stays on this array. */
export function createLocalSnapshot(
  model: ArrayModel,
  groupName: string,
  suffix: string | undefined,
  retained: GroupSnapshot['retained'] = undefined,
): GroupSnapshot {
  refuseReplica(liveGroup(model, groupName));
  return createGroupSnapshot(model, groupName, suffix, retained);
}

/** Sends a snapshot that is there already (`POST protection-group-snapshots/replica`, REST 1 `send`). */
export function send(model: ArrayModel, snapshot: GroupSnapshot, replicate: Replicate): void {
  const { fleet } = model;
  for (const target of allowedTargets(fleet, snapshot.groupId)) {
    const isOnItsWay = fleet.transfers.some(
      (transfer) => transfer.targetId === target.id && transfer.snapshotId === snapshot.id,
    );
    if (isOnItsWay) continue;
    fleet.putTransfer({
      id: model.newId(),
      targetId: target.id,
      snapshotId: snapshot.id,
      remoteSnapshotId: null,
      atOnce: replicate === 'now',
      queuedAt: model.now(),
      startedAt: null,
      completedAt: null,
      takes: fleet.settings.transferMs,
      done: 0,
      runsSince: null,
      bytes: 0,
    });
  }
}

/** What replication has to do, in no order. What cannot happen as things are is left out. */
export function* replicationEvents(fleet: Fleet): Generator<FleetEvent> {
  for (const target of fleet.targets) {
    if (!target.active || (target.appearsAt === null && target.learnsAt === null)) continue;
    const home = homeReaching(fleet, target);
    const peer = fleet.byId(target.targetId);
    if (home === undefined || peer === undefined) continue;
    const taken = peer.protectionGroups.byName(target.remoteName);
    if (target.appearsAt !== null && (taken === undefined || taken.eradicateAt === null)) {
      yield { at: target.appearsAt, run: () => appear(fleet, target, home, peer) };
    }
    if (target.learnsAt !== null) {
      yield {
        at: target.learnsAt,
        run: () => fleet.putTarget({ ...target, allowedAtSource: target.allowed, learnsAt: null }),
      };
    }
  }
  for (const groupId of new Set(fleet.targets.map((target) => target.groupId))) {
    const reached = allowedTargets(fleet, groupId).some(
      (target) => homeReaching(fleet, target) !== undefined,
    );
    const [home] = homesOf(fleet, groupId);
    const group = home?.protectionGroups.byId(groupId);
    if (!reached || home === undefined || group === undefined || group.eradicateAt !== null) continue;
    if (!group.replicationSchedule.enabled) continue;
    yield {
      at: nextRun(group.replicationSchedule, fleet.lastRuns.get(groupId) ?? null, fleet.settledAt),
      run: () => {
        fleet.lastRuns.set(groupId, home.now());
        createReplicatedSnapshot(home, group.name, undefined, 'queued', 'schedule');
      },
    };
  }
  for (const transfer of fleet.transfers) {
    if (transfer.completedAt !== null) continue;
    const event = transferEvent(fleet, transfer);
    if (event !== null) yield event;
  }
}

/** Stops the clock of transfers that cannot go on, and lets it run for those that can again. */
export function pauseAndResume(fleet: Fleet): void {
  const now = fleet.clock.now();
  for (const transfer of fleet.transfers) {
    if (transfer.startedAt === null || transfer.completedAt !== null) continue;
    const flows = pathOf(fleet, transfer) !== null;
    if (!flows && transfer.runsSince !== null) {
      fleet.putTransfer({ ...transfer, done: transfer.done + now - transfer.runsSince, runsSince: null });
    } else if (flows && transfer.runsSince === null) {
      fleet.putTransfer({ ...transfer, runsSince: now });
    }
  }
}

/** Part of a transfer that is done; exactly 1 only at its end (purity-rest-2.x.md section 7.10). */
export function progressOf(fleet: Fleet, transfer: Transfer): number {
  if (transfer.completedAt !== null) return 1;
  if (transfer.startedAt === null || transfer.takes === 0) return 0;
  const running = transfer.runsSince === null ? 0 : fleet.clock.now() - transfer.runsSince;
  return Math.min(0.99, (transfer.done + running) / transfer.takes);
}

function allowedTargets(fleet: Fleet, groupId: string): readonly ReplicationTarget[] {
  return fleet.targets.filter(
    (target) => target.active && target.allowedAtSource && target.groupId === groupId,
  );
}

function appear(fleet: Fleet, target: ReplicationTarget, home: ArrayModel, peer: ArrayModel): void {
  const group = home.protectionGroups.byId(target.groupId);
  if (group === undefined) return;
  const before = peer.protectionGroups.byName(target.remoteName);
  const replica = peer.protectionGroups.put({
    ...group,
    id: before?.id ?? peer.newId(),
    name: target.remoteName,
    volumeIds: [],
    hostIds: [],
    hostGroupIds: [],
    eradicateAt: null,
  });
  // A group of that name that is no more has left its replica behind: it is taken over.
  fleet.targets = fleet.targets.filter(
    ({ id, remoteGroupId }) => id === target.id || remoteGroupId !== replica.id,
  );
  fleet.putTarget({
    ...target,
    remoteGroupId: replica.id,
    appearsAt: null,
    members: membersAt(home, target),
  });
}

type Path = { readonly home: ArrayModel; readonly peer: ArrayModel; readonly target: ReplicationTarget };

/** The way that a transfer takes now; null while there is none. */
function pathOf(fleet: Fleet, transfer: Transfer): Path | null {
  const target = fleet.targets.find(({ id }) => id === transfer.targetId);
  if (target === undefined) return null;
  const home = homeReaching(fleet, target);
  const peer = fleet.byId(target.targetId);
  return home === undefined || peer === undefined ? null : { home, peer, target };
}

function transferEvent(fleet: Fleet, transfer: Transfer): FleetEvent | null {
  const path = pathOf(fleet, transfer);
  if (path === null) return null;
  if (transfer.startedAt !== null) {
    if (transfer.runsSince === null) return null;
    const at = transfer.runsSince + transfer.takes - transfer.done;
    return { at, run: () => complete(fleet, transfer, path) };
  }
  const replica = path.peer.protectionGroups.byId(path.target.remoteGroupId ?? '');
  if (replica === undefined || replica.eradicateAt !== null) return null;
  const waits =
    !transfer.atOnce &&
    fleet.transfers.some(
      (other) =>
        other !== transfer &&
        other.targetId === transfer.targetId &&
        other.completedAt === null &&
        (other.startedAt !== null || fleet.transfers.indexOf(other) < fleet.transfers.indexOf(transfer)),
    );
  return waits ? null : { at: transfer.queuedAt, run: () => start(fleet, transfer, path) };
}

function start(fleet: Fleet, transfer: Transfer, { home, peer, target }: Path): void {
  const snapshot = home.groupSnapshots.byId(transfer.snapshotId);
  const group = home.protectionGroups.byId(target.groupId);
  const replica = peer.protectionGroups.byId(target.remoteGroupId ?? '');
  const name = `${target.remoteName}.${snapshot?.suffix ?? ''}`;
  const isPossible = snapshot !== undefined && group !== undefined && replica !== undefined;
  if (!isPossible || peer.groupSnapshots.byName(name) !== undefined) {
    drop(fleet, transfer);
    return;
  }
  // The replica carries the settings of its source: retention on the target follows them.
  const { targetRetention, replicationSchedule, snapshotSchedule, sourceRetention } = group;
  peer.protectionGroups.put({
    ...replica,
    targetRetention,
    replicationSchedule,
    snapshotSchedule,
    sourceRetention,
  });
  const remote = peer.groupSnapshots.put({
    id: peer.newId(),
    name,
    suffix: snapshot.suffix,
    created: snapshot.created,
    groupId: replica.id,
    eradicateAt: null,
    retained: snapshot.retained === 'hour' ? 'hour' : 'schedule',
  });
  const bytes = partsOf(home, snapshot.id).reduce((sum, part) => sum + part.data.writtenBytes, 0);
  const now = fleet.clock.now();
  fleet.putTarget({ ...target, members: membersAt(home, target) });
  fleet.putTransfer({
    ...transfer,
    remoteSnapshotId: remote.id,
    startedAt: now,
    runsSince: now,
    takes: fleet.settings.transferMs,
    bytes,
  });
}

function complete(fleet: Fleet, transfer: Transfer, { home, peer, target }: Path): void {
  const snapshot = home.groupSnapshots.byId(transfer.snapshotId);
  const remote = peer.groupSnapshots.byId(transfer.remoteSnapshotId ?? '');
  if (snapshot === undefined || remote === undefined) {
    if (remote !== undefined) peer.groupSnapshots.remove(remote.id);
    drop(fleet, transfer);
    return;
  }
  for (const part of partsOf(home, snapshot.id)) {
    const volume = part.name.slice(snapshot.name.length + 1);
    peer.snapshots.put({
      ...part,
      id: peer.newId(),
      name: `${remote.name}.${volume}`,
      serial: peer.newSerial(),
      // The volume is another array's: no volume here may claim the snapshot by its id.
      volumeId: `remote:${part.volumeId}`,
      remoteSource: `${target.source.name}:${volume}`,
      groupSnapshotId: remote.id,
      eradicateAt: remote.eradicateAt,
    });
  }
  peer.dataVersion += 1;
  fleet.nextRetention = 0;
  fleet.putTransfer({ ...transfer, completedAt: fleet.clock.now(), runsSince: null });
  forgetOld(fleet);
}

function drop(fleet: Fleet, transfer: Transfer): void {
  fleet.transfers = fleet.transfers.filter(({ id }) => id !== transfer.id);
}

// A transfer is told as long as one of its two ends is there.
function forgetOld(fleet: Fleet): void {
  const models = fleet.models();
  const isThere = (id: string | null): boolean =>
    id !== null && models.some((model) => model.groupSnapshots.byId(id) !== undefined);
  fleet.transfers = fleet.transfers.filter(
    ({ completedAt, snapshotId, remoteSnapshotId }) =>
      completedAt === null || isThere(snapshotId) || isThere(remoteSnapshotId),
  );
}
