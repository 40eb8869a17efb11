import type { ArrayModel } from '../state/array-model.ts';
import type { Snapshot, Volume } from '../state/records.ts';
import { nameKey } from '../state/registry.ts';
import { checkSuffix } from './names.ts';
import { Refusal } from './refusal.ts';
import { eradicationTime, requireEradicable } from './safe-mode.ts';
import { copyTags, dropTags } from './tags.ts';
import { liveVolume } from './volume-lookup.ts';

/** All snapshots of a volume, live or destroyed. */
export function snapshotsOf(model: ArrayModel, volumeId: string): readonly Snapshot[] {
  return model.snapshotsByVolume.get(volumeId);
}

/** The snapshot, live or destroyed. @throws Refusal `No such volume or snapshot.` */
export function anySnapshot(model: ArrayModel, name: string): Snapshot {
  const snapshot = model.snapshots.byName(name);
  if (snapshot === undefined) throw new Refusal('No such volume or snapshot.', name);
  return snapshot;
}

/** The live snapshot. @throws Refusal when it does not exist or has been destroyed. */
export function liveSnapshot(model: ArrayModel, name: string): Snapshot {
  const snapshot = anySnapshot(model, name);
  if (snapshot.eradicateAt !== null) throw snapshotDestroyed(name);
  return snapshot;
}

/** Takes snapshots of several volumes at one point in time, with one suffix (absent: the next number). */
export function createSnapshots(
  model: ArrayModel,
  volumeNames: readonly string[],
  suffix: string | undefined,
): readonly Snapshot[] {
  const volumes = volumeNames.map((name) => liveVolume(model, name));
  if (suffix !== undefined) checkSuffix(suffix);
  const used = suffix ?? model.newSuffix();
  for (const volume of volumes) {
    if (model.snapshots.byName(`${volume.name}.${used}`) !== undefined) {
      throw new Refusal(`Snapshot already exists for volume ${volume.name}.`, `${volume.name}.${used}`);
    }
  }
  const { snapshotLimit } = model.settings;
  if (snapshotLimit !== null && model.snapshots.size + volumes.length > snapshotLimit) {
    throw new Refusal('Snapshot limit reached.', volumes[0]?.name ?? null);
  }
  return volumes.map((volume) => {
    const snapshot = model.snapshots.put(newSnapshot(model, volume, used, `${volume.name}.${used}`, null));
    copyTags(model, { kind: 'volume', id: volume.id }, { kind: 'snapshot', id: snapshot.id });
    return snapshot;
  });
}

/** A snapshot record of what the volume holds now (not yet kept). */
export function newSnapshot(
  model: ArrayModel,
  volume: Volume,
  suffix: string,
  name: string,
  groupSnapshotId: string | null,
): Snapshot {
  model.dataVersion += 1;
  return {
    id: model.newId(),
    name,
    suffix,
    serial: model.newSerial(),
    size: volume.size,
    created: model.now(),
    volumeId: volume.id,
    groupSnapshotId,
    destroyedWithVolume: false,
    data: volume.data,
    eradicateAt: null,
  };
}

/** The automatic snapshot before an overwrite or a truncation: destroyed at once, recoverable as long as others. */
export function undoSnapshot(model: ArrayModel, volume: Volume): void {
  const suffix = model.newSuffix();
  model.snapshots.put({
    ...newSnapshot(model, volume, suffix, `${volume.name}.${suffix}`, null),
    eradicateAt: eradicationTime(model, { volumeId: volume.id }),
  });
}

/** Gives a snapshot a new suffix. `newName` is the suffix, or the full name with the same volume part. */
export function renameSnapshot(model: ArrayModel, name: string, newName: string): Snapshot {
  const snapshot = liveSnapshot(model, name);
  refuseMember(snapshot);
  const volumePart = snapshot.name.slice(0, snapshot.name.length - snapshot.suffix.length - 1);
  const dot = newName.lastIndexOf('.');
  if (dot >= 0 && nameKey(newName.slice(0, dot)) !== nameKey(volumePart)) {
    throw new Refusal('Invalid snapshot suffix.', newName);
  }
  const suffix = newName.slice(dot + 1);
  checkSuffix(suffix);
  const fullName = `${volumePart}.${suffix}`;
  const other = model.snapshots.byName(fullName);
  if (other !== undefined && other.id !== snapshot.id) {
    throw new Refusal(`Snapshot already exists for volume ${volumePart}.`, fullName);
  }
  return model.snapshots.put({ ...snapshot, suffix, name: fullName });
}

export function destroySnapshot(model: ArrayModel, name: string): Snapshot {
  const snapshot = liveSnapshot(model, name);
  refuseMember(snapshot);
  return model.snapshots.put({ ...snapshot, eradicateAt: eradicationTime(model, { snapshot }) });
}

export function recoverSnapshot(model: ArrayModel, name: string): Snapshot {
  const snapshot = anySnapshot(model, name);
  if (snapshot.eradicateAt === null) throw new Refusal('Volume snapshot is not destroyed.', name);
  refuseMember(snapshot);
  if (model.volumes.byId(snapshot.volumeId)?.eradicateAt !== null) {
    throw new Refusal('Volume has been destroyed.', name);
  }
  return model.snapshots.put({ ...snapshot, eradicateAt: null, destroyedWithVolume: false });
}

export function eradicateSnapshot(model: ArrayModel, name: string): Snapshot {
  const snapshot = anySnapshot(model, name);
  if (snapshot.eradicateAt === null) throw new Refusal('Volume snapshot is not destroyed.', name);
  refuseMember(snapshot);
  requireEradicable(model, { snapshot });
  removeSnapshot(model, snapshot);
  return snapshot;
}

/** Removes every trace of a snapshot. */
export function removeSnapshot(model: ArrayModel, snapshot: Snapshot): void {
  dropTags(model, 'snapshot', snapshot.id);
  model.snapshots.remove(snapshot.id);
  model.dataVersion += 1;
}

// A part of a protection group snapshot lives and dies with it.
function refuseMember(snapshot: Snapshot): void {
  if (snapshot.groupSnapshotId !== null) {
    throw new Refusal('Volume snapshot is part of a protection group snapshot.', snapshot.name);
  }
}

/** The refusal for anything done to a destroyed snapshot but recovering and eradicating it. */
export function snapshotDestroyed(name: string): Refusal {
  return new Refusal(
    'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.',
    name,
  );
}
