import type { ArrayModel } from '../state/array-model.ts';
import type { Pod, PriorityAdjustment, Qos, Volume, VolumeGroup } from '../state/records.ts';
import { noPriority, noQos } from '../state/records.ts';
import { nameKey } from '../state/registry.ts';
import { checkGeneralName, splitVolumeName, volumeGroupOf } from './names.ts';
import { anyPod, livePod } from './pod-lookup.ts';
import { podNameOf } from './pod-members.ts';
import { inPod } from './pod-mirror.ts';
import { destroyGroup, removeGroup } from './protection-groups.ts';
import { containerDestroyed, Refusal } from './refusal.ts';
import { requireDestroyable, requireEradicable } from './safe-mode.ts';
import { destroyVolume, removeVolume, renameVolume } from './volumes.ts';

/** Volumes in a volume group, live and destroyed. */
export function volumesInGroup(model: ArrayModel, group: VolumeGroup): readonly Volume[] {
  return model.volumes
    .sorted()
    .filter((volume) => nameKey(volumeGroupOf(volume.name) ?? '') === nameKey(group.name));
}

/** Volumes in a pod, live and destroyed. */
export function volumesInPod(model: ArrayModel, pod: Pod): readonly Volume[] {
  return model.volumes
    .sorted()
    .filter((volume) => nameKey(splitVolumeName(volume.name).pod ?? '') === nameKey(pod.name));
}

export function anyVolumeGroup(model: ArrayModel, name: string): VolumeGroup {
  const group = model.volumeGroups.byName(name);
  if (group === undefined) throw new Refusal('Volume group does not exist.', name);
  return group;
}

export function createVolumeGroup(
  model: ArrayModel,
  name: string,
  options: { readonly qos?: Qos; readonly priority?: PriorityAdjustment } = {},
): VolumeGroup {
  checkGeneralName('volume group', name);
  const pod = podNameOf(name);
  if (pod !== null && model.pods.byName(pod)?.eradicateAt !== null) {
    throw new Refusal('Pod does not exist.', pod);
  }
  const existing = model.volumeGroups.byName(name);
  if (existing !== undefined) {
    if (existing.eradicateAt !== null) throw containerDestroyed('Volume group', 'purevgroup', name);
    throw new Refusal('Volume group already exists.', name);
  }
  return model.volumeGroups.put({
    id: model.newId(),
    name,
    qos: options.qos ?? noQos,
    priority: options.priority ?? noPriority,
    eradicateAt: null,
  });
}

export function renameVolumeGroup(model: ArrayModel, name: string, newName: string): VolumeGroup {
  const group = liveVolumeGroup(model, name);
  checkGeneralName('volume group', newName);
  const other = model.volumeGroups.byName(newName);
  if (other !== undefined && other.id !== group.id) {
    throw new Refusal('Volume group already exists.', newName);
  }
  const members = volumesInGroup(model, group);
  const renamed = model.volumeGroups.put({ ...group, name: newName });
  for (const volume of members) {
    const { base } = splitVolumeName(volume.name);
    if (volume.eradicateAt === null) renameVolume(model, volume.name, `${newName}/${base}`);
    else model.volumes.put({ ...volume, name: `${newName}/${base}` });
  }
  return renamed;
}

export function changeVolumeGroup(
  model: ArrayModel,
  name: string,
  change: { readonly qos?: Partial<Qos>; readonly priority?: PriorityAdjustment },
): VolumeGroup {
  const group = liveVolumeGroup(model, name);
  return model.volumeGroups.put({
    ...group,
    qos: { ...group.qos, ...change.qos },
    priority: change.priority ?? group.priority,
  });
}

export function destroyVolumeGroup(model: ArrayModel, name: string, withContents: boolean): VolumeGroup {
  const group = liveVolumeGroup(model, name);
  const live = volumesInGroup(model, group).filter((volume) => volume.eradicateAt === null);
  if (live.length > 0 && !withContents) throw new Refusal('Volume group is not empty.', name);
  for (const volume of live) destroyVolume(model, volume.name);
  return model.volumeGroups.put({ ...group, eradicateAt: model.eradicationTime() });
}

export function recoverVolumeGroup(model: ArrayModel, name: string): VolumeGroup {
  const group = anyVolumeGroup(model, name);
  if (group.eradicateAt === null) throw new Refusal('Volume group is not destroyed.', name);
  return model.volumeGroups.put({ ...group, eradicateAt: null });
}

export function eradicateVolumeGroup(model: ArrayModel, name: string, withContents: boolean): VolumeGroup {
  const group = anyVolumeGroup(model, name);
  if (group.eradicateAt === null) throw new Refusal('Volume group is not destroyed.', name);
  requireEradicable(model, ...volumesInGroup(model, group).map(({ id }) => ({ volumeId: id })));
  if (volumesInGroup(model, group).length > 0 && !withContents) {
    throw new Refusal('Volume group is not empty.', name);
  }
  for (const volume of volumesInGroup(model, group)) removeVolume(model, volume);
  model.volumeGroups.remove(group.id);
  return group;
}

/** Makes a pod. */
export function createPod(model: ArrayModel, name: string, quotaLimit: number | null = null): Pod {
  checkPodName(model, name, null);
  return model.pods.put({ id: model.newId(), name, quotaLimit, eradicateAt: null });
}

/** Checks that a name is new on this array and on those connected for sync replication; `own`: the pod to be renamed. */
export function checkPodName(model: ArrayModel, name: string, own: string | null): void {
  checkGeneralName('pod', name);
  const existing = model.pods.byName(name);
  if (existing !== undefined && existing.id !== own) {
    if (existing.eradicateAt !== null) throw containerDestroyed('Pod', 'purepod', name);
    throw new Refusal('Pod already exists.', name);
  }
  const { fleet, identity } = model;
  for (const peer of fleet.models()) {
    if (!fleet.canReplicate(identity.id, peer.identity.id, 'sync')) continue;
    const other = peer.pods.byName(name);
    if (other !== undefined && other.id !== own) throw new Refusal('Pod already exists.', name);
  }
}

export function destroyPod(model: ArrayModel, name: string, withContents: boolean): Pod {
  const pod = livePod(model, name);
  if (model.fleet.stretchedPod(pod.id) !== undefined) throw new Refusal('Pod is stretched.', name);
  const isLive = (record: { readonly eradicateAt: number | null }) => record.eradicateAt === null;
  const volumes = volumesInPod(model, pod).filter(isLive);
  const volumeGroups = inPod(model.volumeGroups, pod.name).filter(isLive);
  const groups = inPod(model.protectionGroups, pod.name).filter(isLive);
  if (volumes.length + volumeGroups.length + groups.length > 0 && !withContents) {
    throw new Refusal('Pod is not empty.', name);
  }
  for (const group of groups) requireDestroyable(group);
  for (const group of groups) destroyGroup(model, group.name);
  for (const volume of volumes) destroyVolume(model, volume.name);
  for (const group of volumeGroups) destroyVolumeGroup(model, group.name, false);
  return model.pods.put({ ...pod, eradicateAt: model.eradicationTime() });
}

export function recoverPod(model: ArrayModel, name: string): Pod {
  const pod = anyPod(model, name);
  if (pod.eradicateAt === null) throw new Refusal('Pod is not destroyed.', name);
  // What is left of a pod that was stretched elsewhere stays gone (purity-rest-2.x.md section 8.6).
  if (pod.isRestretch === true) throw new Refusal('Pod cannot be recovered.', name);
  return model.pods.put({ ...pod, eradicateAt: null });
}

export function eradicatePod(model: ArrayModel, name: string, withContents: boolean): Pod {
  const pod = anyPod(model, name);
  if (pod.eradicateAt === null) throw new Refusal('Pod is not destroyed.', name);
  const groups = inPod(model.protectionGroups, pod.name);
  requireEradicable(model, ...groups.map((group) => ({ group })));
  const volumeGroups = inPod(model.volumeGroups, pod.name);
  const volumes = volumesInPod(model, pod);
  if (volumes.length + volumeGroups.length + groups.length > 0 && !withContents) {
    throw new Refusal('Cannot eradicate pod that is not empty.', name);
  }
  for (const group of groups) removeGroup(model, group);
  for (const volume of volumes) removeVolume(model, volume);
  for (const group of volumeGroups) model.volumeGroups.remove(group.id);
  model.pods.remove(pod.id);
  return pod;
}

function liveVolumeGroup(model: ArrayModel, name: string): VolumeGroup {
  const group = anyVolumeGroup(model, name);
  if (group.eradicateAt !== null) throw containerDestroyed('Volume group', 'purevgroup', name);
  return group;
}
