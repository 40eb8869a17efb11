import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError, type Snapshot } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { ExistingReference } from '../contract/records.ts';
import { isInRealm } from '../names/array-name.ts';
import { invalidReference, referencedName } from '../names/existing-reference.ts';
import { unmanagedSnapshotName } from '../names/unmanaged-name.ts';
import { lacks } from '../volume-types/array-features.ts';

const attempts = 9;

export interface ExistingSnapshotRequest {
  readonly array: FlashArray;
  readonly reference: ExistingReference;
  /** Full name of the volume that Cinder says it is of. */
  readonly volume: string;
}

/** @throws DriverError `driver` naming the Purity version that can rename snapshots */
export function requireSnapshotRename(array: FlashArray): void {
  if (!array.capabilities.snapshotRename) {
    const { message } = lacks(array, 'renaming of snapshots', '4.1 (REST 1.4)');
    throw new DriverError('driver', `Unable to do manage snapshot operations: ${message}`, {
      nothingMade: true,
    });
  }
}

/**
 * The snapshot a reference means, when Cinder may take it over.
 * @throws DriverError `invalid-reference`
 */
export async function existingSnapshot({
  array,
  reference,
  volume,
}: ExistingSnapshotRequest): Promise<Snapshot> {
  requireSnapshotRename(array);
  const name = referencedSnapshot(reference, volume);
  try {
    const state = await array.snapshots.find(name);
    if (state.kind !== 'live') {
      throw invalidReference(
        reference,
        state.kind === 'absent'
          ? `Unable to find Purity ref with source-name=${name}`
          : `Snapshot ${name} is destroyed: recover it on the array first`,
      );
    }
    return state.snapshot;
  } catch (error) {
    throw arrayFailure(`Looking at snapshot ${name}`, error);
  }
}

function referencedSnapshot(reference: ExistingReference, volume: string): string {
  const name = referencedName(reference, 'snapshot');
  if (isInRealm(name)) {
    throw invalidReference(reference, 'Unable to manage snapshot in a Realm');
  }
  const dot = name.indexOf('.');
  if (dot < 0 || dot !== name.lastIndexOf('.')) {
    throw invalidReference(
      reference,
      dot < 0
        ? `Unable to find Purity ref with source-name=${name}: a snapshot's name has a dot`
        : `Snapshot ${name} is part of a protection group snapshot and cannot be managed by itself`,
    );
  }
  if (name.slice(0, dot).toLowerCase() !== volume.toLowerCase()) {
    throw invalidReference(reference, `Snapshot ${name} is not of volume ${volume}`);
  }
  return name;
}

/** Renames the snapshot, unless an earlier try has done so. @param target full name it gets */
export async function manageSnapshot(
  request: ExistingSnapshotRequest & { readonly target: string },
): Promise<void> {
  const { array, reference, volume, target } = request;
  requireSnapshotRename(array);
  const name = referencedSnapshot(reference, volume);
  try {
    const [old, now] = await Promise.all([array.snapshots.find(name), array.snapshots.find(target)]);
    if (old.kind === 'absent' && now.kind === 'live') {
      return;
    }
    await existingSnapshot(request);
    await array.snapshots.rename(name, target.slice(target.lastIndexOf('.') + 1));
    if ((await array.snapshots.find(target)).kind !== 'live') {
      throw new DriverError('driver', `Array ${array.identity.name} renamed ${name}, but not to ${target}.`);
    }
  } catch (error) {
    throw arrayFailure(`Renaming snapshot ${name} to ${target}`, error);
  }
}

/** Renames a snapshot that Cinder forgets. One that is gone is fine. */
export async function unmanageSnapshot(array: FlashArray, logger: Logger, name: string): Promise<void> {
  requireSnapshotRename(array);
  for (let attempt = 1; ; attempt += 1) {
    const newName = unmanagedSnapshotName(name, attempt);
    try {
      await array.snapshots.rename(name, newName.slice(newName.lastIndexOf('.') + 1));
      return;
    } catch (error) {
      if (isArrayError(error, 'not-found')) {
        logger.warn({ snapshot: name }, 'the snapshot to unmanage is not on the array');
        return;
      }
      if (!isArrayError(error, 'already-exists', 'destroyed') || attempt === attempts) {
        throw arrayFailure(`Renaming snapshot ${name} to ${newName}`, error);
      }
    }
  }
}
