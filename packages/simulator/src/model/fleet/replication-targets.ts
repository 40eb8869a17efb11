import { splitVolumeName } from '../rules/names.ts';
import { stateHere } from '../rules/pod-members.ts';
import { anyGroup, liveGroup, memberVolumes, removeGroup } from '../rules/protection-groups.ts';
import { Refusal } from '../rules/refusal.ts';
import { requireRemovable } from '../rules/safe-mode.ts';
import type { ArrayModel, Fleet } from '../state/array-model.ts';
import type { ReplicationTarget } from '../state/fleet-records.ts';
import type { ProtectionGroup } from '../state/records.ts';
import { nameKey } from '../state/registry.ts';
import { connectionsOf } from './array-connections.ts';

/** A protection group with one of its targets, as an array shows it. */
export type TargetView = {
  readonly target: ReplicationTarget;
  readonly group: ProtectionGroup;
  /** The target array; this very array when the group is replicated here. */
  readonly array: { readonly id: string; readonly name: string };
  readonly allowed: boolean;
  readonly status: 'replicating' | 'suspended' | 'disallowed';
};

/** At most 4 targets a group (purity-rest-1.x.md section 2.7). */
const mostTargets = 4;

/** Whether the group was replicated here from another array: its name is `source:group`. */
export function isReplica(group: { readonly name: string }): boolean {
  return /^[^:]+:[^:]/.test(group.name);
}

/** The array or pod that a group belongs to; for a replicated one, where it comes from. */
export function groupSource(
  model: ArrayModel,
  group: ProtectionGroup,
): { readonly id: string | null; readonly name: string } {
  if (isReplica(group)) {
    const target = model.fleet.targets.find(({ remoteGroupId }) => remoteGroupId === group.id);
    return target?.source ?? { id: null, name: group.name.slice(0, group.name.indexOf(':')) };
  }
  const pod = podOfGroup(model, group);
  return pod === null ? { id: model.identity.id, name: model.settings.name } : { id: pod.id, name: pod.name };
}

/** The pod that a group is in, or null. */
export function podOfGroup(model: ArrayModel, group: { readonly name: string }) {
  const { pod } = splitVolumeName(group.name);
  return pod === null ? null : (model.pods.byName(pod) ?? null);
}

/** Arrays that have the group as their own and can act on it now. */
export function homesOf(fleet: Fleet, groupId: string): readonly ArrayModel[] {
  return fleet.models().filter((model) => {
    const group = model.protectionGroups.byId(groupId);
    return (
      group !== undefined && !fleet.isLost(model.identity.id) && stateHere(model, group.name) === 'online'
    );
  });
}

/** A home of the group that reaches the target now. */
export function homeReaching(fleet: Fleet, target: ReplicationTarget): ArrayModel | undefined {
  return homesOf(fleet, target.groupId).find((home) =>
    fleet.canReplicate(home.identity.id, target.targetId, 'async'),
  );
}

/** Targets of the group, by name; for a replicated group this array. */
export function targetsOf(model: ArrayModel, group: ProtectionGroup): readonly TargetView[] {
  const { fleet } = model;
  if (fleet.targets.length === 0) return [];
  if (isReplica(group)) {
    const array = { id: model.identity.id, name: model.settings.name };
    return fleet.targets
      .filter(({ remoteGroupId, active }) => active && remoteGroupId === group.id)
      .map((target) => ({ target, group, array, ...stateOf(fleet, target, target.allowed) }));
  }
  return fleet.targets
    .filter(({ groupId, active }) => active && groupId === group.id)
    .flatMap((target) => {
      const peer = fleet.byId(target.targetId);
      if (peer === undefined) return [];
      const array = { id: peer.identity.id, name: peer.settings.name };
      return [{ target, group, array, ...stateOf(fleet, target, target.allowedAtSource) }];
    })
    .sort((one, other) => (nameKey(one.array.name) < nameKey(other.array.name) ? -1 : 1));
}

/** Names of the member volumes; of a replicated group `source:volume`, as last known (purity-rest-1.x.md 2.7). */
export function memberNames(model: ArrayModel, group: ProtectionGroup): readonly string[] {
  if (!isReplica(group)) return memberVolumes(model, group).map(({ name }) => name);
  const { fleet } = model;
  const target = fleet.targets.find(({ remoteGroupId }) => remoteGroupId === group.id);
  if (target === undefined) return [];
  const home = homeReaching(fleet, target);
  return home === undefined ? target.members : membersAt(home, target);
}

/** Member names as the target shows them. */
export function membersAt(home: ArrayModel, target: ReplicationTarget): readonly string[] {
  const group = home.protectionGroups.byId(target.groupId);
  if (group === undefined) return [];
  return memberVolumes(home, group)
    .filter(({ eradicateAt }) => eradicateAt === null)
    .map(
      ({ name }) =>
        `${target.source.name}:${name.slice(name.indexOf('::') < 0 ? 0 : name.indexOf('::') + 2)}`,
    );
}

/** Adds a connected array as a target; the group appears there a while later, not yet allowed. */
export function addTarget(model: ArrayModel, groupName: string, arrayName: string): TargetView {
  const group = liveGroup(model, groupName);
  refuseReplica(group);
  const { fleet } = model;
  const view = connectionsOf(model).find(({ peer }) => nameKey(peer.settings.name) === nameKey(arrayName));
  if (view === undefined) throw new Refusal('Array is not connected.', arrayName);
  const present = fleet.targets.filter(({ groupId }) => groupId === group.id);
  const targetId = view.peer.identity.id;
  const before = present.find((target) => target.targetId === targetId);
  if (before?.active === true) {
    throw new Refusal(`Protection group already includes target ${view.peer.settings.name}.`, groupName);
  }
  if (present.filter(({ active }) => active).length >= mostTargets) {
    throw new Refusal('Protection group target limit reached.', groupName);
  }
  const pod = podOfGroup(model, group);
  const members = pod === null ? [] : (fleet.stretchedPod(pod.id)?.members ?? []);
  if (members.some(({ arrayId }) => arrayId === targetId)) {
    throw new Refusal('Array is a member of the pod of the protection group.', arrayName);
  }
  const source = pod ?? { id: model.identity.id, name: model.settings.name };
  const base = pod === null ? group.name : group.name.slice(group.name.indexOf('::') + 2);
  const shown = view.peer.protectionGroups.byId(before?.remoteGroupId ?? '') !== undefined;
  fleet.putTarget({
    id: before?.id ?? model.newId(),
    groupId: group.id,
    targetId,
    active: true,
    remoteName: `${source.name}:${base}`,
    remoteGroupId: shown ? (before?.remoteGroupId ?? null) : null,
    appearsAt: shown ? null : model.now() + fleet.settings.propagationMs,
    allowed: false,
    allowedAtSource: false,
    learnsAt: null,
    members: before?.members ?? [],
    source: { id: source.id, name: source.name },
  });
  return targetView(model, group, arrayName);
}

/** Takes a target away. What was replicated stays there; a replicated group without snapshots goes. */
export function removeTarget(model: ArrayModel, groupName: string, arrayName: string): void {
  const group = liveGroup(model, groupName);
  refuseReplica(group);
  const { fleet } = model;
  const { target } = targetView(model, group, arrayName);
  requireRemovable(group, arrayName);
  const peer = fleet.byId(target.targetId);
  const unfinished = fleet.transfers.filter(
    (transfer) => transfer.targetId === target.id && transfer.completedAt === null,
  );
  for (const { remoteSnapshotId } of unfinished) peer?.groupSnapshots.remove(remoteSnapshotId ?? '');
  fleet.transfers = fleet.transfers.filter((transfer) => !unfinished.includes(transfer));
  fleet.putTarget({ ...target, active: false, appearsAt: null, learnsAt: null });
  const replica = peer?.protectionGroups.byId(target.remoteGroupId ?? '');
  if (peer === undefined || replica === undefined) return;
  const holdsSnapshots = [...peer.groupSnapshots.values()].some(({ groupId }) => groupId === replica.id);
  if (!holdsSnapshots) removeGroup(peer, replica);
}

/** Allows or forbids replication into this array, where the group is called `source:group`. */
export function setAllowed(model: ArrayModel, groupName: string, allowed: boolean): TargetView {
  const group = anyGroup(model, groupName);
  const view = targetsOf(model, group)[0];
  if (!isReplica(group) || view === undefined) {
    throw new Refusal('Protection group is not replicated from another array.', groupName);
  }
  const { fleet } = model;
  if (view.allowed === allowed) {
    const state = allowed ? 'allowed' : 'disallowed';
    throw new Refusal(`Protection group is already ${state} on ${model.settings.name}.`, groupName);
  }
  fleet.putTarget({ ...view.target, allowed, learnsAt: model.now() + fleet.settings.propagationMs });
  return targetsOf(model, group)[0] ?? view;
}

/** A replicated group is read-only but for `allowed` and its snapshots (purity-rest-1.x.md section 4.3). */
export function refuseReplica(group: ProtectionGroup): void {
  if (isReplica(group)) throw new Refusal('Protection group is replicated from another array.', group.name);
}

function targetView(model: ArrayModel, group: ProtectionGroup, arrayName: string): TargetView {
  const found = targetsOf(model, group).find(({ array }) => nameKey(array.name) === nameKey(arrayName));
  if (found === undefined) {
    throw new Refusal('Target could not be found in the protection group.', arrayName);
  }
  return found;
}

function stateOf(
  fleet: Fleet,
  target: ReplicationTarget,
  allowed: boolean,
): Pick<TargetView, 'allowed' | 'status'> {
  if (!allowed) return { allowed, status: 'disallowed' };
  return { allowed, status: homeReaching(fleet, target) === undefined ? 'suspended' : 'replicating' };
}
