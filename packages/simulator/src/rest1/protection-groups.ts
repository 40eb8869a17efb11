import type { JsonObject } from '../http/messages.ts';
import { createLocalSnapshot, createReplicatedSnapshot } from '../model/fleet/replication.ts';
import {
  addTarget,
  groupSource,
  memberNames,
  refuseReplica,
  removeTarget,
  setAllowed,
  targetsOf,
} from '../model/fleet/replication-targets.ts';
import { transfersOf } from '../model/fleet/transfers.ts';
import {
  anyGroup,
  anyGroupSnapshot,
  createGroup,
  destroyGroup,
  destroyGroupSnapshot,
  eradicateGroup,
  eradicateGroupSnapshot,
  liveGroup,
  recoverGroup,
  recoverGroupSnapshot,
  renameGroup,
} from '../model/rules/protection-groups.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { requireRemovable } from '../model/rules/safe-mode.ts';
import type { GroupSnapshot, ProtectionGroup } from '../model/state/records.ts';
import { nameKey } from '../model/state/registry.ts';
import {
  isShown,
  list,
  NoSuchCall,
  type Rest1Answer,
  type Rest1Call,
  time,
  timeRemaining,
  value,
} from './call.ts';
import { changeMembers, membersToCreate } from './protection-group-members.ts';
import { changeRetention, changeSchedule, retentionRow, scheduleRow } from './protection-group-settings.ts';

/** `pgroup`, `pgroup/PG`, `pgroup/PG.SUFFIX` (purity-rest-1.x.md section 2.7). */
export function answerProtectionGroups(call: Rest1Call, rest: string): Rest1Answer {
  if (rest === '') return answerCollection(call);
  return rest.includes('.') ? answerSnapshot(call, rest) : answerGroup(call, rest);
}

function answerCollection(call: Rest1Call): Rest1Answer {
  const { model, method, minor, parameters } = call;
  if (method === 'POST') {
    if (!parameters.flag('snap')) throw new Refusal('Invalid parameter.', null);
    const sources = parameters.list('source') ?? [];
    if (sources.length === 0 || (minor < 4 && sources.length > 1)) {
      throw new Refusal('Invalid parameter.', null);
    }
    const rows = sources.map((source) => snapshotRow(call, takeSnapshot(call, source)));
    // One object before REST 1.4, which takes several groups at once.
    return minor < 4 ? value(rows[0] ?? null) : value(rows);
  }
  if (method !== 'GET') throw new NoSuchCall(405);
  if (parameters.flag('snap')) return snapshotList(call, [...model.groupSnapshots.values()]);
  return list(
    model.protectionGroups
      .sorted()
      .filter(({ eradicateAt }) => isShown(call, eradicateAt))
      .map((group) => groupRow(call, group)),
  );
}

/** `replicate` waits for earlier transfers of the group, `replicate_now` does not (section 6.4). */
function takeSnapshot({ model, parameters }: Rest1Call, source: string): GroupSnapshot {
  const suffix = parameters.text('suffix');
  const retained = parameters.flag('apply_retention') ? 'schedule' : undefined;
  const now = parameters.flag('replicate_now');
  if (!now && !parameters.flag('replicate')) return createLocalSnapshot(model, source, suffix, retained);
  return createReplicatedSnapshot(model, source, suffix, now ? 'now' : 'queued', retained);
}

function answerGroup(call: Rest1Call, name: string): Rest1Answer {
  const { model, method, parameters } = call;
  switch (method) {
    case 'POST': {
      const group = createGroup(model, name, membersToCreate(call));
      for (const target of parameters.list('targetlist') ?? []) addTarget(model, name, target);
      return value(groupRow(call, group));
    }
    case 'PUT':
      return value(changeGroup(call, name));
    case 'DELETE': {
      const gone = parameters.flag('eradicate') ? eradicateGroup(model, name) : destroyGroup(model, name);
      return value({ name: gone.name });
    }
    case 'GET': {
      const group = anyGroup(model, name);
      if (parameters.flag('snap')) {
        return snapshotList(call, [...model.groupSnapshotsByGroup.get(group.id)]);
      }
      if (!isShown(call, group.eradicateAt)) throw new Refusal('Protection group does not exist.', name);
      return value(groupRow(call, group));
    }
    default:
      throw new NoSuchCall(405);
  }
}

function changeGroup(call: Rest1Call, name: string): JsonObject {
  const { model, parameters } = call;
  const newName = parameters.text('name');
  if (newName !== undefined) return { name: renameGroup(model, name, newName).name };
  if (parameters.text('action') === 'recover') return { name: recoverGroup(model, name).name };
  if (parameters.has('allowed')) {
    setAllowed(model, name, parameters.flag('allowed'));
    return groupRow(call, liveGroup(model, name));
  }
  refuseReplica(liveGroup(model, name));
  if (changeTargets(call, name)) return groupRow(call, liveGroup(model, name));
  const schedule = changeSchedule(call, name);
  if (schedule !== null) return schedule;
  const retention = changeRetention(call, name);
  if (retention !== null) return retention;
  changeMembers(call, name);
  return groupRow(call, liveGroup(model, name));
}

/** `targetlist` replaces all targets, `addtargetlist` and `remtargetlist` change some. */
function changeTargets({ model, parameters }: Rest1Call, name: string): boolean {
  const wanted = parameters.list('targetlist');
  const present = targetsOf(model, liveGroup(model, name)).map(({ array }) => array.name);
  const isIn = (names: readonly string[], target: string) =>
    names.some((other) => nameKey(other) === nameKey(target));
  const add = wanted?.filter((target) => !isIn(present, target)) ?? parameters.list('addtargetlist');
  const remove = wanted
    ? present.filter((target) => !isIn(wanted, target))
    : parameters.list('remtargetlist');
  if (add === undefined && remove === undefined) return false;
  if ((remove ?? []).length > 0) requireRemovable(liveGroup(model, name), name);
  for (const target of add ?? []) addTarget(model, name, target);
  for (const target of remove ?? []) removeTarget(model, name, target);
  return true;
}

function answerSnapshot(call: Rest1Call, name: string): Rest1Answer {
  const { model, method, parameters } = call;
  switch (method) {
    case 'DELETE': {
      const gone = parameters.flag('eradicate')
        ? eradicateGroupSnapshot(model, name)
        : destroyGroupSnapshot(model, name);
      return value({ name: gone.name });
    }
    case 'PUT':
      if (parameters.text('action') === 'recover') {
        return value({ name: recoverGroupSnapshot(model, name).name });
      }
      throw new Refusal('Invalid parameter.', name);
    case 'GET':
      if (!parameters.flag('snap')) throw new Refusal('Protection group does not exist.', name);
      return snapshotList(call, [anyGroupSnapshot(model, name)]);
    default:
      throw new NoSuchCall(405);
  }
}

function groupRow(call: Rest1Call, group: ProtectionGroup): JsonObject {
  const { model, parameters } = call;
  if (parameters.flag('schedule')) return scheduleRow(group);
  if (parameters.flag('retention')) return retentionRow(group);
  const pending = parameters.flag('pending') || parameters.flag('pending_only');
  const targets = targetsOf(model, group);
  return {
    name: group.name,
    source: groupSource(model, group).name,
    volumes: orNull(memberNames(model, group)),
    hosts: orNull(group.hostIds.flatMap((id) => model.hosts.byId(id)?.name ?? [])),
    hgroups: orNull(group.hostGroupIds.flatMap((id) => model.hostGroups.byId(id)?.name ?? [])),
    targets:
      targets.length === 0 ? null : targets.map(({ array, allowed }) => ({ name: array.name, allowed })),
    ...(pending ? { time_remaining: timeRemaining(call, group.eradicateAt) } : {}),
  };
}

/** Empty member lists are null in REST 1. */
function orNull(names: readonly string[]): readonly string[] | null {
  return names.length === 0 ? null : names;
}

/** Oldest first. */
function snapshotList(call: Rest1Call, snapshots: readonly GroupSnapshot[]): Rest1Answer {
  if (call.parameters.flag('transfer')) return transferList(call, snapshots);
  const pending = call.parameters.flag('pending') || call.parameters.flag('pending_only');
  return list(
    snapshots
      .filter(({ eradicateAt }) => isShown(call, eradicateAt))
      .toSorted((one, other) => one.created - other.created)
      .map((snapshot) => ({
        ...snapshotRow(call, snapshot),
        ...(pending ? { time_remaining: timeRemaining(call, snapshot.eradicateAt) } : {}),
      })),
  );
}

function snapshotRow(call: Rest1Call, snapshot: GroupSnapshot): JsonObject {
  return {
    name: snapshot.name,
    created: time(call, snapshot.created),
    source: call.model.protectionGroups.byId(snapshot.groupId)?.name ?? null,
  };
}

/** Snapshots that were or are being replicated, a row for each target; oldest first. */
function transferList(call: Rest1Call, snapshots: readonly GroupSnapshot[]): Rest1Answer {
  const optionalTime = (milliseconds: number | null) =>
    milliseconds === null ? null : time(call, milliseconds);
  return list(
    transfersOf(call.model)
      .filter(({ snapshot }) => snapshots.some(({ id }) => id === snapshot.id))
      .filter(({ snapshot }) => isShown(call, snapshot.eradicateAt))
      .toSorted((one, other) => one.snapshot.created - other.snapshot.created)
      .map(({ snapshot, transfer, progress, sent }) => ({
        ...snapshotRow(call, snapshot),
        started: optionalTime(transfer.startedAt),
        completed: optionalTime(transfer.completedAt),
        progress,
        data_transferred: sent,
        ...(call.minor >= 12 ? { physical_bytes_written: sent } : { logical_data_transferred: sent }),
      })),
  );
}
