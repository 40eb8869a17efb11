import type { ArrayModel } from './array-model.ts';
import { checkGeneralName, splitVolumeName, volumeGroupOf } from './names.ts';
import type { Pod, PriorityAdjustment, Qos, Volume, VolumeGroup } from './records.ts';
import { noPriority, noQos } from './records.ts';
import { Refusal } from './refusal.ts';
import { nameKey } from './registry.ts';
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
  const existing = model.volumeGroups.byName(name);
  if (existing !== undefined) {
    if (existing.eradicateAt !== null) throw destroyed('Volume group', 'purevgroup', name);
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
  if (!model.settings.manualEradication) throw new Refusal('Eradication is disabled.', null);
  if (volumesInGroup(model, group).length > 0 && !withContents) {
    throw new Refusal('Volume group is not empty.', name);
  }
  for (const volume of volumesInGroup(model, group)) removeVolume(model, volume);
  model.volumeGroups.remove(group.id);
  return group;
}

export function anyPod(model: ArrayModel, name: string): Pod {
  const pod = model.pods.byName(name);
  if (pod === undefined) throw new Refusal('Pod does not exist.', name);
  return pod;
}

export function createPod(model: ArrayModel, name: string, quotaLimit: number | null = null): Pod {
  checkGeneralName('pod', name);
  const existing = model.pods.byName(name);
  if (existing !== undefined) {
    if (existing.eradicateAt !== null) throw destroyed('Pod', 'purepod', name);
    throw new Refusal('Pod already exists.', name);
  }
  return model.pods.put({ id: model.newId(), name, quotaLimit, eradicateAt: null });
}

export function destroyPod(model: ArrayModel, name: string, withContents: boolean): Pod {
  const pod = anyPod(model, name);
  if (pod.eradicateAt !== null) throw destroyed('Pod', 'purepod', name);
  const live = volumesInPod(model, pod).filter((volume) => volume.eradicateAt === null);
  if (live.length > 0 && !withContents) throw new Refusal('Pod is not empty.', name);
  for (const volume of live) destroyVolume(model, volume.name);
  return model.pods.put({ ...pod, eradicateAt: model.eradicationTime() });
}

export function recoverPod(model: ArrayModel, name: string): Pod {
  const pod = anyPod(model, name);
  if (pod.eradicateAt === null) throw new Refusal('Pod is not destroyed.', name);
  return model.pods.put({ ...pod, eradicateAt: null });
}

export function eradicatePod(model: ArrayModel, name: string, withContents: boolean): Pod {
  const pod = anyPod(model, name);
  if (pod.eradicateAt === null) throw new Refusal('Pod is not destroyed.', name);
  if (!model.settings.manualEradication) throw new Refusal('Eradication is disabled.', null);
  if (volumesInPod(model, pod).length > 0 && !withContents) {
    throw new Refusal('Cannot eradicate pod that is not empty.', name);
  }
  for (const volume of volumesInPod(model, pod)) removeVolume(model, volume);
  model.pods.remove(pod.id);
  return pod;
}

function liveVolumeGroup(model: ArrayModel, name: string): VolumeGroup {
  const group = anyVolumeGroup(model, name);
  if (group.eradicateAt !== null) throw destroyed('Volume group', 'purevgroup', name);
  return group;
}

function destroyed(kind: string, command: string, name: string): Refusal {
  return new Refusal(
    `${kind} has been destroyed. It can be recovered by ${command} recover and eradicated by ${command} eradicate.`,
    name,
  );
}
