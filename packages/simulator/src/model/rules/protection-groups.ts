import type { ArrayModel } from '../state/array-model.ts';
import type { GroupSnapshot, ProtectionGroup, Snapshot, Volume } from '../state/records.ts';
import { nameKey } from '../state/registry.ts';
import { checkGeneralName, checkSuffix } from './names.ts';
import { podNameOf } from './pod-members.ts';
import { Refusal } from './refusal.ts';
import { eradicationTime, requireDestroyable, requireEradicable, requireRemovable } from './safe-mode.ts';
import { newSnapshot, removeSnapshot } from './snapshots.ts';
import { liveVolume } from './volume-lookup.ts';

const day = 86_400_000;

/** The group, live or destroyed. */
export function anyGroup(model: ArrayModel, name: string): ProtectionGroup {
  const group = model.protectionGroups.byName(name);
  if (group === undefined) throw new Refusal('Protection group does not exist.', name);
  return group;
}

/** The live group. */
export function liveGroup(model: ArrayModel, name: string): ProtectionGroup {
  const group = anyGroup(model, name);
  if (group.eradicateAt !== null) throw groupDestroyed(name);
  return group;
}

/** Makes a group with the defaults of purity-rest-1.x.md section 2.7 (both schedules off). */
export function createGroup(
  model: ArrayModel,
  name: string,
  members: Partial<Pick<ProtectionGroup, 'volumeIds' | 'hostIds' | 'hostGroupIds'>> = {},
): ProtectionGroup {
  checkGeneralName('protection group', name);
  const pod = podNameOf(name);
  if (pod !== null && model.pods.byName(pod)?.eradicateAt !== null) {
    throw new Refusal('Pod does not exist.', pod);
  }
  const existing = model.protectionGroups.byName(name);
  if (existing !== undefined) {
    if (existing.eradicateAt !== null) throw groupDestroyed(name);
    throw new Refusal('Protection group already exists.', name);
  }
  const retention = { allForSec: day / 1000, perDay: 4, days: 7 };
  const group: ProtectionGroup = {
    id: model.newId(),
    name,
    volumeIds: [],
    hostIds: [],
    hostGroupIds: [],
    ...members,
    snapshotSchedule: { enabled: false, frequency: 3_600_000, at: null },
    replicationSchedule: { enabled: false, frequency: 14_400_000, at: null, blackout: null },
    sourceRetention: retention,
    targetRetention: retention,
    retentionLock: 'unlocked',
    eradicateAt: null,
  };
  checkOneKind(group);
  return model.protectionGroups.put(group);
}

export function renameGroup(model: ArrayModel, name: string, newName: string): ProtectionGroup {
  const group = liveGroup(model, name);
  checkGeneralName('protection group', newName);
  const other = model.protectionGroups.byName(newName);
  if (other !== undefined && other.id !== group.id) {
    throw new Refusal('Protection group already exists.', newName);
  }
  for (const snapshot of groupSnapshotsOf(model, group.id)) {
    putRenamed(model, snapshot, newName, snapshot.suffix);
  }
  return model.protectionGroups.put({ ...group, name: newName });
}

/** Replaces members of the group; refuses more than one kind of members. */
export function setMembers(
  model: ArrayModel,
  group: ProtectionGroup,
  members: Partial<Pick<ProtectionGroup, 'volumeIds' | 'hostIds' | 'hostGroupIds'>>,
): ProtectionGroup {
  const changed = { ...group, ...members };
  checkOneKind(changed);
  for (const kind of ['volumeIds', 'hostIds', 'hostGroupIds'] as const) {
    if (group[kind].some((id) => !changed[kind].includes(id))) requireRemovable(group, group.name);
  }
  return model.protectionGroups.put(changed);
}

/** What a protection group can hold, and the list of the group that holds it. */
const memberLists = { volume: 'volumeIds', host: 'hostIds', hostGroup: 'hostGroupIds' } as const;
const memberWords = { volume: 'Volume', host: 'Host', hostGroup: 'Host group' } as const;

export type GroupMember = {
  readonly kind: keyof typeof memberLists;
  readonly id: string;
  readonly name: string;
};

/** Where the array has what such a member is. */
export function memberRegistry(model: ArrayModel, kind: GroupMember['kind']) {
  switch (kind) {
    case 'volume':
      return model.volumes;
    case 'host':
      return model.hosts;
    case 'hostGroup':
      return model.hostGroups;
  }
}

/** Adds a member; one that is in already changes nothing (REST 2), or is refused (`strict`, REST 1). */
export function addMember(
  model: ArrayModel,
  groupName: string,
  member: GroupMember,
  options: { readonly strict?: boolean } = {},
): void {
  const group = liveGroup(model, groupName);
  const list = memberLists[member.kind];
  if (group[list].includes(member.id)) {
    if (options.strict === true) {
      throw new Refusal(
        `${memberWords[member.kind]} already belongs to protection group ${group.name}.`,
        member.name,
      );
    }
    return;
  }
  checkContainer(group, member);
  setMembers(model, group, { [list]: [...group[list], member.id] });
}

/** @throws Refusal `Volume could not be found in the protection group.`, also for one that does not exist (id null) */
export function removeMember(
  model: ArrayModel,
  groupName: string,
  member: Omit<GroupMember, 'id'> & { readonly id: string | null },
): void {
  const group = liveGroup(model, groupName);
  const list = memberLists[member.kind];
  if (member.id === null || !group[list].includes(member.id)) {
    throw new Refusal(`${memberWords[member.kind]} could not be found in the protection group.`, member.name);
  }
  requireRemovable(group, member.name);
  setMembers(model, group, { [list]: group[list].filter((id) => id !== member.id) });
}

/** `addMember` for a volume. */
export function addVolumeMember(model: ArrayModel, groupName: string, volumeName: string): void {
  const group = liveGroup(model, groupName);
  addMember(model, group.name, { kind: 'volume', ...liveVolume(model, volumeName) });
}

/** `removeMember` for a volume. */
export function removeVolumeMember(model: ArrayModel, groupName: string, volumeName: string): void {
  const id = model.volumes.byName(volumeName)?.id ?? null;
  removeMember(model, groupName, { kind: 'volume', id, name: volumeName });
}

/** Checks that volumes may join the groups, does `act`, then joins. */
export function joinGroups(
  model: ArrayModel,
  groupNames: readonly string[],
  volumes: readonly Volume[],
  act: () => void,
): void {
  for (const name of groupNames) {
    const group = liveGroup(model, name);
    for (const { name: member } of volumes) checkContainer(group, { kind: 'volume', name: member });
    checkOneKind({ ...group, volumeIds: [...group.volumeIds, ...volumes.map((volume) => volume.id)] });
  }
  act();
  for (const name of new Set(groupNames)) {
    const group = liveGroup(model, name);
    const added = volumes.map((volume) => volume.id).filter((id) => !group.volumeIds.includes(id));
    model.protectionGroups.put({ ...group, volumeIds: [...group.volumeIds, ...added] });
  }
}

/** Forgets a member that is gone in all groups. */
export function leaveAllGroups(model: ArrayModel, kind: GroupMember['kind'], memberId: string): void {
  const list = memberLists[kind];
  for (const group of [...model.protectionGroups.values()]) {
    if (group[list].includes(memberId)) {
      model.protectionGroups.put({ ...group, [list]: group[list].filter((id) => id !== memberId) });
    }
  }
}

/** Destroys a group and its snapshots. */
export function destroyGroup(model: ArrayModel, name: string): ProtectionGroup {
  const group = liveGroup(model, name);
  requireDestroyable(group);
  const eradicateAt = eradicationTime(model, { group });
  for (const snapshot of groupSnapshotsOf(model, group.id)) {
    if (snapshot.eradicateAt === null) setGroupSnapshotPending(model, snapshot, eradicateAt);
  }
  return model.protectionGroups.put({ ...group, eradicateAt });
}

export function recoverGroup(model: ArrayModel, name: string): ProtectionGroup {
  const group = anyGroup(model, name);
  if (group.eradicateAt === null) throw new Refusal('Protection group is not destroyed.', name);
  for (const snapshot of groupSnapshotsOf(model, group.id)) {
    if (snapshot.eradicateAt === group.eradicateAt) setGroupSnapshotPending(model, snapshot, null);
  }
  return model.protectionGroups.put({ ...group, eradicateAt: null });
}

export function eradicateGroup(model: ArrayModel, name: string): ProtectionGroup {
  const group = anyGroup(model, name);
  if (group.eradicateAt === null) throw new Refusal('Protection group is not destroyed.', name);
  requireEradicable(model, { group });
  removeGroup(model, group);
  return group;
}

/** Removes every trace of a group. */
export function removeGroup(model: ArrayModel, group: ProtectionGroup): void {
  for (const snapshot of groupSnapshotsOf(model, group.id)) removeGroupSnapshot(model, snapshot);
  model.protectionGroups.remove(group.id);
  const left = model.settings.defaultProtection.filter((name) => name !== group.name);
  model.update({ defaultProtection: left });
}

/** The group snapshot, live or destroyed. */
export function anyGroupSnapshot(model: ArrayModel, name: string): GroupSnapshot {
  const snapshot = model.groupSnapshots.byName(name);
  if (snapshot === undefined) throw new Refusal('Protection group snapshot does not exist.', name);
  return snapshot;
}

/** Snapshots all live member volumes (`group.suffix.volume`). */
export function createGroupSnapshot(
  model: ArrayModel,
  groupName: string,
  suffix: string | undefined,
  retained: GroupSnapshot['retained'] = undefined,
): GroupSnapshot {
  const group = liveGroup(model, groupName);
  if (suffix !== undefined) checkSuffix(suffix);
  const used = suffix ?? model.newSuffix();
  const name = `${group.name}.${used}`;
  if (model.groupSnapshots.byName(name) !== undefined) {
    throw new Refusal('Protection group snapshot already exists.', name);
  }
  const snapshot = model.groupSnapshots.put({
    id: model.newId(),
    name,
    suffix: used,
    created: model.now(),
    groupId: group.id,
    eradicateAt: null,
    ...(retained === undefined ? {} : { retained }),
  });
  if (retained !== undefined) model.fleet.nextRetention = 0;
  for (const volume of memberVolumes(model, group)) {
    if (volume.eradicateAt !== null) continue;
    const base = volume.name.slice(volume.name.indexOf('::') < 0 ? 0 : volume.name.indexOf('::') + 2);
    model.snapshots.put(newSnapshot(model, volume, used, `${name}.${base}`, snapshot.id));
  }
  return snapshot;
}

/** Gives a group snapshot a new suffix, and its parts with it. `newName` is the suffix, or the full name. */
export function renameGroupSnapshot(model: ArrayModel, name: string, newName: string): GroupSnapshot {
  const snapshot = anyGroupSnapshot(model, name);
  if (snapshot.eradicateAt !== null) throw groupSnapshotDestroyed(name);
  const group = snapshot.name.slice(0, snapshot.name.length - snapshot.suffix.length - 1);
  const dot = newName.lastIndexOf('.');
  if (dot >= 0 && nameKey(newName.slice(0, dot)) !== nameKey(group)) {
    throw new Refusal('Invalid snapshot suffix.', newName);
  }
  const suffix = newName.slice(dot + 1);
  checkSuffix(suffix);
  const other = model.groupSnapshots.byName(`${group}.${suffix}`);
  if (other !== undefined && other.id !== snapshot.id) {
    throw new Refusal('Protection group snapshot already exists.', other.name);
  }
  return putRenamed(model, snapshot, group, suffix);
}

function putRenamed(
  model: ArrayModel,
  snapshot: GroupSnapshot,
  group: string,
  suffix: string,
): GroupSnapshot {
  const renamed = model.groupSnapshots.put({ ...snapshot, suffix, name: `${group}.${suffix}` });
  for (const part of partsOf(model, snapshot.id)) {
    const name = `${renamed.name}${part.name.slice(snapshot.name.length)}`;
    model.snapshots.put({ ...part, suffix, name });
  }
  return renamed;
}

export function destroyGroupSnapshot(model: ArrayModel, name: string): GroupSnapshot {
  const snapshot = anyGroupSnapshot(model, name);
  if (snapshot.eradicateAt !== null) throw groupSnapshotDestroyed(name);
  return setGroupSnapshotPending(model, snapshot, eradicationTime(model, { groupSnapshot: snapshot }));
}

export function recoverGroupSnapshot(model: ArrayModel, name: string): GroupSnapshot {
  const snapshot = anyGroupSnapshot(model, name);
  if (snapshot.eradicateAt === null) {
    throw new Refusal('Protection group snapshot is not destroyed.', name);
  }
  return setGroupSnapshotPending(model, snapshot, null);
}

export function eradicateGroupSnapshot(model: ArrayModel, name: string): GroupSnapshot {
  const snapshot = anyGroupSnapshot(model, name);
  if (snapshot.eradicateAt === null) {
    throw new Refusal('Protection group snapshot is not destroyed.', name);
  }
  requireEradicable(model, { groupSnapshot: snapshot });
  removeGroupSnapshot(model, snapshot);
  return snapshot;
}

/** Removes a group snapshot with its parts. */
export function removeGroupSnapshot(model: ArrayModel, snapshot: GroupSnapshot): void {
  for (const part of partsOf(model, snapshot.id)) removeSnapshot(model, part);
  model.groupSnapshots.remove(snapshot.id);
}

/** Member volumes, destroyed ones included, in the order they joined. */
export function memberVolumes(model: ArrayModel, group: ProtectionGroup): readonly Volume[] {
  return group.volumeIds.flatMap((id) => model.volumes.byId(id) ?? []);
}

function groupSnapshotsOf(model: ArrayModel, groupId: string): readonly GroupSnapshot[] {
  return model.groupSnapshotsByGroup.get(groupId);
}

/** Volume snapshots of a group snapshot. */
export function partsOf(model: ArrayModel, groupSnapshotId: string): readonly Snapshot[] {
  return model.snapshotsByGroupSnapshot.get(groupSnapshotId);
}

function setGroupSnapshotPending(
  model: ArrayModel,
  snapshot: GroupSnapshot,
  eradicateAt: number | null,
): GroupSnapshot {
  for (const part of partsOf(model, snapshot.id)) model.snapshots.put({ ...part, eradicateAt });
  return model.groupSnapshots.put({ ...snapshot, eradicateAt });
}

function groupDestroyed(name: string): Refusal {
  return new Refusal(
    'Protection group has been destroyed. It can be recovered by purepgroup recover and eradicated by purepgroup eradicate.',
    name,
  );
}

function groupSnapshotDestroyed(name: string): Refusal {
  return new Refusal(
    'Protection group snapshot has been destroyed. It can be recovered by purepgroup recover and eradicated by purepgroup eradicate.',
    name,
  );
}

// A group and its members are in the same pod, or all in none (purity-rest-2.x.md section 7.8).
function checkContainer(group: ProtectionGroup, { kind, name }: Omit<GroupMember, 'id'>): void {
  if (nameKey(podNameOf(group.name) ?? '') !== nameKey(podNameOf(name) ?? '')) {
    throw new Refusal(`${memberWords[kind]} and protection group are not in the same pod.`, name);
  }
}

function checkOneKind(group: ProtectionGroup): void {
  const kinds = [group.volumeIds, group.hostIds, group.hostGroupIds].filter((ids) => ids.length > 0);
  if (kinds.length > 1) {
    throw new Refusal('Protection group can contain only one type of member.', group.name);
  }
}
