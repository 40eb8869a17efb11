import type { ArrayModel } from '../state/array-model.ts';
import { ExtentMap } from '../state/extent-map.ts';
import type { PriorityAdjustment, Qos, Snapshot, Volume } from '../state/records.ts';
import { noPriority, noQos } from '../state/records.ts';
import { nameKey } from '../state/registry.ts';
import { volumeConnectionCount } from './connections-of.ts';
import { checkVolumeName, splitVolumeName, volumeGroupOf } from './names.ts';
import { livePod } from './pod-lookup.ts';
import { arraysInTouch, arraysOfPod, stateHere } from './pod-members.ts';
import { joinGroups, leaveAllGroups, liveGroup, removeVolumeMember } from './protection-groups.ts';
import { Refusal } from './refusal.ts';
import { eradicationTime, requireEradicable, requireRemovable } from './safe-mode.ts';
import { minimumVolumeBytes } from './sizes.ts';
import { snapshotDestroyed, snapshotsOf, undoSnapshot } from './snapshots.ts';
import { copyTags, dropTags } from './tags.ts';
import { anyVolume, liveVolume } from './volume-lookup.ts';

/** What a new volume is made of. */
export type NewVolume = {
  readonly size?: number;
  /** Name of a volume or snapshot. */
  readonly source?: string;
  readonly overwrite?: boolean;
  readonly qos?: Qos;
  readonly priority?: PriorityAdjustment;
  /** Protection groups to join besides the default ones. */
  readonly groups?: readonly string[];
  /** Whether to join the array's default protection groups. */
  readonly defaultProtection?: boolean;
};

/** Makes a volume, empty or as a copy; with `overwrite` the copy goes into an existing volume. */
export function createVolume(model: ArrayModel, name: string, request: NewVolume): Volume {
  const existing = model.volumes.byName(name);
  if (request.source !== undefined && request.overwrite === true && existing !== undefined) {
    return overwriteVolume(model, existing, request.source);
  }
  checkVolumeName(name);
  if (existing !== undefined) throw new Refusal('Volume already exists.', name);
  checkContainers(model, name);
  const { volumeLimit } = model.settings;
  if (volumeLimit !== null && model.volumes.size >= volumeLimit) {
    throw new Refusal('Volume limit reached.', name);
  }
  const source = request.source === undefined ? null : copySource(model, request.source);
  const groups = [
    ...(request.groups ?? []),
    ...(request.defaultProtection === true && splitVolumeName(name).pod === null
      ? model.settings.defaultProtection
      : []),
  ];
  const volume: Volume = {
    id: model.newId(),
    name,
    serial: model.newSerial(),
    size: source?.size ?? request.size ?? minimumVolumeBytes,
    created: model.now(),
    source: source === null ? null : { id: source.volumeId, name: source.volumeName },
    qos: request.qos ?? noQos,
    priority: request.priority ?? noPriority,
    data: source?.data ?? ExtentMap.empty,
    eradicateAt: null,
  };
  joinGroups(model, groups, [volume], () => model.volumes.put(volume));
  if (source !== null) {
    model.dataVersion += 1;
    copyTags(model, { kind: source.kind, id: source.id }, { kind: 'volume', id: volume.id });
  }
  return volume;
}

/**
 * Changes the size. Smaller only with `truncate`; then the array keeps an undo snapshot, already destroyed.
 * `mustGrow`: REST 1.x `size` without truncate has to be larger than before.
 */
export function resizeVolume(
  model: ArrayModel,
  name: string,
  size: number,
  options: { readonly truncate: boolean; readonly mustGrow?: boolean },
): Volume {
  const volume = liveVolume(model, name);
  const tooSmall = options.mustGrow === true ? size <= volume.size : size < volume.size;
  if (!options.truncate && tooSmall) throw new Refusal('Implicit truncation not permitted.', name);
  if (size < volume.size) {
    undoSnapshot(model, volume);
    model.dataVersion += 1;
    return model.volumes.put({ ...volume, size, data: volume.data.truncate(size) });
  }
  return model.volumes.put({ ...volume, size });
}

/** Renames a live volume; its snapshots follow. */
export function renameVolume(model: ArrayModel, name: string, newName: string): Volume {
  const volume = liveVolume(model, name);
  checkVolumeName(newName);
  const other = model.volumes.byName(newName);
  if (other !== undefined && other.id !== volume.id) throw new Refusal('Volume already exists.', newName);
  const before = splitVolumeName(name);
  const after = splitVolumeName(newName);
  if (nameKey(before.pod ?? '') !== nameKey(after.pod ?? '')) {
    // A container is left or entered by a move, never by a rename.
    throw new Refusal('Invalid volume name.', newName);
  }
  return moveTo(model, volume, newName);
}

/**
 * Puts a volume into a pod (`''` takes it out) by renaming it. `leaving`: protection groups that it leaves; none may
 * be left out (purity-rest-2.x.md section 8.2).
 */
export function moveToPod(
  model: ArrayModel,
  name: string,
  pod: string,
  leaving: readonly string[] = [],
): Volume {
  const volume = liveVolume(model, name);
  const { base } = splitVolumeName(volume.name);
  if (pod !== '' && model.pods.byName(pod) === undefined) throw new Refusal('Pod does not exist.', pod);
  return moveChecked(model, volume, pod === '' ? base : `${livePod(model, pod).name}::${base}`, leaving);
}

/** Puts a volume into a volume group (`''` takes it out) by renaming it. */
export function moveToVolumeGroup(
  model: ArrayModel,
  name: string,
  group: string,
  leaving: readonly string[] = [],
): Volume {
  const volume = liveVolume(model, name);
  const { pod, base } = splitVolumeName(volume.name);
  if (group !== '') {
    const found = model.volumeGroups.byName(group);
    if (found === undefined) throw new Refusal('Volume group does not exist.', group);
    return moveChecked(model, volume, `${found.name}/${base}`, leaving);
  }
  return moveChecked(model, volume, pod === null ? base : `${pod}::${base}`, leaving);
}

export function setVolumeQos(model: ArrayModel, name: string, qos: Partial<Qos>): Volume {
  const volume = liveVolume(model, name);
  return model.volumes.put({ ...volume, qos: { ...volume.qos, ...qos } });
}

export function setVolumePriority(model: ArrayModel, name: string, priority: PriorityAdjustment): Volume {
  return model.volumes.put({ ...liveVolume(model, name), priority });
}

/** Destroys a volume with its live snapshots. Refused while it is connected, unless the array only counts that. */
export function destroyVolume(model: ArrayModel, name: string): Volume {
  const volume = anyVolume(model, name);
  if (volume.eradicateAt !== null) {
    throw new Refusal('Volume has been deleted.', name, { rest1: 'Volume has been destroyed.' });
  }
  const holders = arraysInTouch(model, splitVolumeName(volume.name).pod);
  const refuses = !model.settings.destroysConnected;
  if (refuses && holders.some((holder) => volumeConnectionCount(holder, volume) > 0)) {
    throw new Refusal('Volume cannot be destroyed due to existing connections.', name);
  }
  const eradicateAt = eradicationTime(model, { volumeId: volume.id });
  for (const snapshot of snapshotsOf(model, volume.id)) {
    if (snapshot.eradicateAt === null && snapshot.groupSnapshotId === null) {
      model.snapshots.put({ ...snapshot, eradicateAt, destroyedWithVolume: true });
    }
  }
  return model.volumes.put({ ...volume, eradicateAt });
}

/** Brings back a destroyed volume and the snapshots destroyed along with it. */
export function recoverVolume(model: ArrayModel, name: string): Volume {
  const volume = anyVolume(model, name);
  if (volume.eradicateAt === null) throw new Refusal('Volume is not destroyed.', name);
  for (const snapshot of snapshotsOf(model, volume.id)) {
    if (snapshot.destroyedWithVolume) {
      model.snapshots.put({ ...snapshot, eradicateAt: null, destroyedWithVolume: false });
    }
  }
  return model.volumes.put({ ...volume, eradicateAt: null });
}

/** Ends a destroyed volume for good, and all its snapshots. */
export function eradicateVolume(model: ArrayModel, name: string): Volume {
  const volume = anyVolume(model, name);
  if (volume.eradicateAt === null) throw new Refusal('Volume is not destroyed.', name);
  requireEradicable(model, { volumeId: volume.id });
  removeVolume(model, volume);
  return volume;
}

/** Removes every trace of a volume. */
export function removeVolume(model: ArrayModel, volume: Volume): void {
  for (const snapshot of snapshotsOf(model, volume.id)) removeSnapshotRecord(model, snapshot);
  leaveAllGroups(model, 'volume', volume.id);
  dropTags(model, 'volume', volume.id);
  model.volumes.remove(volume.id);
  model.dataVersion += 1;
}

function removeSnapshotRecord(model: ArrayModel, snapshot: Snapshot): void {
  dropTags(model, 'snapshot', snapshot.id);
  model.snapshots.remove(snapshot.id);
}

/** The name by which a copy's source is known now: null once the source is eradicated (REST 2 `source`). */
export function sourceNow(model: ArrayModel, volume: Volume): Volume | null {
  return volume.source === null ? null : (model.volumes.byId(volume.source.id) ?? null);
}

function overwriteVolume(model: ArrayModel, target: Volume, sourceName: string): Volume {
  if (target.eradicateAt !== null) throw new Refusal('Volume already exists.', target.name);
  const source = copySource(model, sourceName);
  undoSnapshot(model, target);
  model.dataVersion += 1;
  return model.volumes.put({
    ...target,
    size: source.size,
    data: source.data,
    // A volume that is set back to its own snapshot does not become a copy of itself.
    source: source.volumeId === target.id ? target.source : { id: source.volumeId, name: source.volumeName },
  });
}

type CopySource = Pick<Volume, 'size' | 'data'> & {
  readonly kind: 'volume' | 'snapshot';
  readonly id: string;
  readonly volumeId: string;
  readonly volumeName: string;
};

function copySource(model: ArrayModel, name: string): CopySource {
  const volume = model.volumes.byName(name);
  if (volume !== undefined) {
    if (volume.eradicateAt !== null) throw new Refusal('Volume has been destroyed.', name);
    const { id, size, data } = volume;
    return { kind: 'volume', id, size, data, volumeId: id, volumeName: volume.name };
  }
  const snapshot = model.snapshots.byName(name);
  if (snapshot === undefined) {
    throw new Refusal('No such volume or snapshot.', name, {
      rest1: name.includes('.') ? 'No such volume or snapshot.' : 'Volume does not exist.',
    });
  }
  if (snapshot.eradicateAt !== null) throw snapshotDestroyed(name);
  const { id, size, data, volumeId } = snapshot;
  const volumeName = model.volumes.byId(volumeId)?.name ?? snapshot.remoteSource ?? '';
  return { kind: 'snapshot', id, size, data, volumeId, volumeName };
}

function checkContainers(model: ArrayModel, name: string): void {
  const { pod } = splitVolumeName(name);
  const group = volumeGroupOf(name);
  if (pod !== null && !isLive(model.pods.byName(pod))) {
    throw new Refusal('Pod does not exist.', pod);
  }
  if (group !== null && !isLive(model.volumeGroups.byName(group))) {
    throw new Refusal('Volume group does not exist.', group);
  }
}

function isLive(container: { readonly eradicateAt: number | null } | undefined): boolean {
  return container !== undefined && container.eradicateAt === null;
}

function moveChecked(model: ArrayModel, volume: Volume, newName: string, leaving: readonly string[]): Volume {
  const other = model.volumes.byName(newName);
  if (other !== undefined && other.id !== volume.id) throw new Refusal('Volume already exists.', newName);
  checkPodMove(model, volume, newName, leaving);
  for (const group of leaving) requireRemovable(liveGroup(model, group), volume.name);
  for (const group of leaving) removeVolumeMember(model, group, volume.name);
  return moveTo(model, volume, newName);
}

// Both pods have to be on the same arrays: what lies on one array alone cannot enter or leave a stretched pod.
function checkPodMove(model: ArrayModel, volume: Volume, newName: string, leaving: readonly string[]): void {
  const [from, to] = [splitVolumeName(volume.name).pod, splitVolumeName(newName).pod];
  if (nameKey(from ?? '') === nameKey(to ?? '')) return;
  const arrays = arraysOfPod(model, to);
  const before = arraysOfPod(model, from);
  if (arrays.length !== before.length || !before.every((array) => arrays.includes(array))) {
    throw new Refusal('Pod is stretched.', (arrays.length > before.length ? to : from) ?? to);
  }
  if (stateHere(model, volume.name) !== 'online' || stateHere(model, newName) !== 'online') {
    throw new Refusal('Pod is not online on this array.', to ?? from);
  }
  const kept = [...model.protectionGroups.values()].find(
    (group) =>
      group.volumeIds.includes(volume.id) && !leaving.some((left) => nameKey(left) === nameKey(group.name)),
  );
  if (kept !== undefined) {
    throw new Refusal(`Volume belongs to protection group ${kept.name}.`, volume.name);
  }
}

function moveTo(model: ArrayModel, volume: Volume, newName: string): Volume {
  const renamed = model.volumes.put({ ...volume, name: newName });
  for (const snapshot of snapshotsOf(model, volume.id)) {
    if (snapshot.groupSnapshotId === null) {
      model.snapshots.put({ ...snapshot, name: `${newName}.${snapshot.suffix}` });
    }
  }
  return renamed;
}
