import { type Bytes, type Gibibytes, gibibytes, type Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError, type Volume } from '@cinder-flasharray/flasharray';
import { locate, relocate, type Station, type Stop, wayBetween } from '../containers/relocate.ts';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError, isTransient, losingVolume } from '../contract/driver-error.ts';
import type { ExistingReference } from '../contract/records.ts';
import { isInRealm, nameIn, nameInPod, parseArrayName } from '../names/array-name.ts';
import { invalidReference, referencedName } from '../names/existing-reference.ts';
import { isSame } from '../names/same-name.ts';
import { unmanagedVolumeName } from '../names/unmanaged-name.ts';
import { removeTags, type VolumeTags, writeTags } from '../tags/volume-tags.ts';
import { requireFeatures } from '../volume-types/array-features.ts';
import type { TypeSettings } from '../volume-types/type-settings.ts';

/** How often a name that is taken is replaced by another. */
const attempts = 9;

/** GiB, rounded up: what Cinder records. The array keeps the exact size. */
export function roundedUp(size: Bytes): Gibibytes {
  return gibibytes(Math.max(1, Math.ceil(size / 2 ** 30)));
}

export interface ExistingVolumeRequest {
  readonly array: FlashArray;
  readonly reference: ExistingReference;
  /** Class name for messages. */
  readonly driverClass: string;
  /** The pod of synchronous replication, whose volumes may be taken over though it is stretched; null: none. */
  readonly ownPod: string | null;
}

/**
 * The volume a reference means, when Cinder may take it over.
 * @throws DriverError `invalid-reference`
 */
export async function existingVolume({
  array,
  reference,
  driverClass,
  ownPod,
}: ExistingVolumeRequest): Promise<Volume> {
  const name = referencedName(reference, 'volume');
  if (isInRealm(name)) {
    throw invalidReference(reference, 'Unable to manage volume in a Realm');
  }
  try {
    const { pod, volumeGroup } = parseArrayName(name);
    const [state, groups, pods, connections] = await Promise.all([
      array.volumes.find(name),
      array.protectionGroups.ofVolume(name),
      pod === null ? Promise.resolve([]) : array.pods.list(),
      array.connections.list({ volume: name }),
    ]);
    if (state.kind === 'absent') {
      throw invalidReference(reference, `Unable to find Purity ref with source-name=${name}`);
    }
    if (state.kind === 'destroyed') {
      throw invalidReference(reference, `Volume ${name} is destroyed: recover it on the array first`);
    }
    if (connections.length > 0) {
      throw invalidReference(
        reference,
        `${driverClass} manage_existing cannot manage a volume connected to hosts. Please disconnect this volume from existing hosts before importing`,
      );
    }
    if (groups.some(({ ratcheted }) => ratcheted)) {
      throw invalidReference(
        reference,
        `${driverClass} manage_existing cannot manage a SafeMode protected volume`,
      );
    }
    const isOwn = ownPod !== null && pod?.toLowerCase() === ownPod.toLowerCase();
    if (
      !isOwn &&
      pods.some((candidate) => candidate.replicated && candidate.name.toLowerCase() === pod?.toLowerCase())
    ) {
      throw invalidReference(reference, 'Unable to manage volume in a Replicated Pod');
    }
    if (pod !== null && volumeGroup !== null) {
      throw invalidReference(reference, 'Unable to manage volume in a volume group of a pod');
    }
    return state.volume;
  } catch (error) {
    throw arrayFailure(`Looking at volume ${name}`, error);
  }
}

export interface ManageVolumeRequest extends ExistingVolumeRequest {
  readonly logger: Logger;
  readonly volumeGroups: VolumeGroupKeeper;
  /** `volume-<id>-cinder`, without container. */
  readonly ownName: string;
  readonly settings: TypeSettings;
  readonly tags: VolumeTags;
}

/**
 * Renames the volume, moves it into its type's container, sets limits and tags. A refusal gives it its old name back.
 * @returns the name that the array knows it by now
 */
export async function manageVolume(request: ManageVolumeRequest): Promise<string> {
  const { array, logger, reference, settings } = request;
  requireFeatures(array, settings);
  const source = referencedName(reference, 'volume');
  const target = managedName(request);
  const way = wayOf(request, source, target);
  // All names but the first carry the record's UUID: they tell how far an earlier try of the same request came.
  const start = await located(array, way, source);
  if (start === null || start.station === 0) {
    await existingVolume(request);
    await refuseTaken(array, target);
  }
  const relocation = await relocate(array, way, start ?? { station: 0, name: source });
  if (relocation.kind === 'stopped') {
    const failure = arrayFailure(`Renaming volume ${source} to ${target}`, relocation.error);
    throw await takenBack(request, failure, relocation.at?.name ?? null);
  }
  try {
    await array.volumes.setQos(target, settings.qos);
  } catch (error) {
    throw await takenBack(request, arrayFailure(`Setting the limits of volume ${target}`, error), target);
  }
  await writeTags(array, logger, target, request.tags);
  return target;
}

/** The volume group that the volume came from goes when it is empty. */
export async function leaveGroup({ reference, settings, volumeGroups }: ManageVolumeRequest): Promise<void> {
  const { volumeGroup } = parseArrayName(referencedName(reference, 'volume'));
  if (volumeGroup !== null && !isSame(volumeGroup, settings.volumeGroup?.name ?? '')) {
    await volumeGroups.destroyIfEmpty(volumeGroup);
  }
}

/**
 * Gives a volume its old name back when it is refused for good. After trouble that may pass the next try goes on from
 * where it is.
 * @param at full name that it has; null: nobody knows
 * @returns what to throw: `nothingMade` when it has its old name, else with the name that it has
 */
export async function takenBack(
  request: ManageVolumeRequest,
  failure: DriverError,
  at: string | null,
): Promise<DriverError> {
  const { array, logger, reference, settings, volumeGroups, ownName } = request;
  const source = referencedName(reference, 'volume');
  if (isTransient(failure) || at === null) {
    return at === null ? losingVolume(failure) : toldAt(failure, at, source);
  }
  const way = wayBetween({ array, volumeGroups, volumeGroup: null }, at, source, ownName);
  const back = await relocate(array, way, { station: 0, name: at });
  if (back.kind === 'stopped') {
    const left = back.at;
    const tell = (error: DriverError): DriverError =>
      left === null ? losingVolume(error) : toldAt(error, left.name, source);
    const told = tell(failure);
    const second = arrayFailure(`Renaming volume ${at} back to ${source}`, back.error);
    if (isTransient(second)) {
      return tell(second);
    }
    logger.error(
      { volume: told.volumeName ?? at, array: array.identity.name, error: second },
      'a volume that could not be managed could not get its old name back',
    );
    return told;
  }
  await removeTags(array, logger, source);
  try {
    if (settings.volumeGroup !== null) {
      await volumeGroups.destroyIfEmpty(settings.volumeGroup.name);
    }
  } catch (error) {
    return toldAt(arrayFailure(`Giving volume ${source} its name back`, error), source, source);
  }
  return toldAt(failure, source, source);
}

/** The same failure, which tells where the volume is. */
function toldAt(failure: DriverError, at: string, source: string): DriverError {
  const { code, message, cause, passing } = failure;
  return isSame(at, source)
    ? new DriverError(code, message, { cause, passing, nothingMade: true })
    : new DriverError(code, `${message} Volume ${source} is now called ${at}.`, {
        cause,
        passing,
        volumeName: at,
      });
}

function wayOf(
  { array, volumeGroups, settings: { volumeGroup }, ownName }: ManageVolumeRequest,
  source: string,
  target: string,
): readonly Station[] {
  return wayBetween({ array, volumeGroups, volumeGroup }, source, target, ownName);
}

/**
 * The name that a volume has when `manageVolume` has ended: a volume of a plain pod stays in it, unless its type names a
 * volume group.
 * @throws DriverError `invalid-reference`
 */
export function managedName({
  reference,
  ownName,
  settings,
}: Pick<ManageVolumeRequest, 'reference' | 'ownName' | 'settings'>): string {
  const { pod } = parseArrayName(referencedName(reference, 'volume'));
  const group = settings.volumeGroup;
  return group !== null
    ? nameIn({ kind: 'volume-group', name: group.name }, ownName)
    : pod === null
      ? ownName
      : nameInPod(pod, ownName);
}

async function located(array: FlashArray, way: readonly Station[], source: string): Promise<Stop | null> {
  try {
    return await locate(array, way, source);
  } catch (error) {
    throw arrayFailure(`Looking for volume ${source}`, error);
  }
}

async function refuseTaken(array: FlashArray, target: string): Promise<void> {
  const state = await array.volumes.find(target);
  if (state.kind !== 'absent') {
    throw new DriverError(
      'name-taken',
      `Array ${array.identity.name} has a ${state.kind} volume ${target} already.`,
      { nothingMade: true },
    );
  }
}

/** Renames a volume that Cinder forgets. One that is gone is fine. */
export async function unmanageVolume(array: FlashArray, logger: Logger, name: string): Promise<void> {
  await removeTags(array, logger, name);
  for (let attempt = 1; ; attempt += 1) {
    const newName = unmanagedVolumeName(name, attempt);
    try {
      await array.volumes.rename(name, newName);
      return;
    } catch (error) {
      if (isArrayError(error, 'not-found') || (await isDestroyed(array, name, error))) {
        logger.warn({ volume: name }, 'the volume to unmanage is not on the array');
        return;
      }
      if (!isArrayError(error, 'already-exists', 'destroyed') || attempt === attempts) {
        throw arrayFailure(`Renaming volume ${name} to ${newName}`, error);
      }
    }
  }
}

/** Whether it is the volume itself that is destroyed, and not one that has the name it is to get. */
async function isDestroyed(array: FlashArray, name: string, error: unknown): Promise<boolean> {
  if (!isArrayError(error, 'destroyed')) {
    return false;
  }
  try {
    return (await array.volumes.find(name)).kind !== 'live';
  } catch (lookup) {
    throw arrayFailure(`Looking for volume ${name}`, lookup);
  }
}
