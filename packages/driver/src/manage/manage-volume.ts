import { type Bytes, type Gibibytes, gibibytes, type Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError, type Volume } from '@cinder-flasharray/flasharray';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError, isTransient } from '../contract/driver-error.ts';
import type { ExistingReference } from '../contract/records.ts';
import { isInRealm, nameIn, nameInPod, parseArrayName } from '../names/array-name.ts';
import { unmanagedVolumeName } from '../names/unmanaged-name.ts';
import { removeTags, type VolumeTags, writeTags } from '../tags/volume-tags.ts';
import { requireFeatures } from '../volume-types/array-features.ts';
import type { TypeSettings } from '../volume-types/type-settings.ts';
import { invalidReference, referencedName } from './existing-reference.ts';

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

/** One change of a volume's name, and how to take it back. */
interface Step {
  readonly from: string;
  readonly to: string;
  readonly forth: () => Promise<void>;
  readonly back: () => Promise<void>;
}

/**
 * Renames the volume, moves it into its type's container, sets limits and tags.
 * @returns the name that the array knows it by now
 */
export async function manageVolume(request: ManageVolumeRequest): Promise<string> {
  const { array, logger, reference, settings, volumeGroups } = request;
  requireFeatures(array, settings);
  const source = referencedName(reference, 'volume');
  const steps = plan(request, source);
  const target = steps.at(-1)?.to ?? source;
  const done = await stepsDone(array, source, steps);
  if (done === 0) {
    await existingVolume(request);
    await refuseTaken(array, target);
  }
  await perform(request, steps, done);
  try {
    await array.volumes.setQos(target, settings.qos);
  } catch (error) {
    await takeBack(request, steps);
    throw arrayFailure(`Setting the limits of volume ${target}`, error);
  }
  await writeTags(array, logger, target, request.tags);
  const group = parseArrayName(source).volumeGroup;
  if (group !== null && group.toLowerCase() !== settings.volumeGroup?.name.toLowerCase()) {
    await volumeGroups.destroyIfEmpty(group);
  }
  return target;
}

/** The name that a volume has when `manageVolume` has ended. @throws DriverError `invalid-reference` */
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

/** How far an earlier try of the same request came: all names but the first carry the record's UUID. */
async function stepsDone(array: FlashArray, source: string, steps: readonly Step[]): Promise<number> {
  try {
    const states = await Promise.all(
      [source, ...steps.map(({ to }) => to)].map((name) => array.volumes.find(name)),
    );
    const isLive = states.map(({ kind }) => kind === 'live');
    return isLive[0] === true ? 0 : Math.max(0, isLive.lastIndexOf(true));
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

/**
 * Renamed where it is; then out of its container; then into its type's volume group. A volume of a plain pod stays in
 * it, unless its type names a volume group.
 */
function plan(
  { array, ownName, settings, volumeGroups }: ManageVolumeRequest,
  source: string,
): readonly Step[] {
  const { container: from } = parseArrayName(source);
  const renamed = nameIn(from, ownName);
  const steps: Step[] = [
    {
      from: source,
      to: renamed,
      forth: () => array.volumes.rename(source, renamed),
      back: () => array.volumes.rename(renamed, source),
    },
  ];
  const group = settings.volumeGroup;
  const stays =
    group === null
      ? from.kind !== 'volume-group'
      : from.kind === 'volume-group' && from.name.toLowerCase() === group.name.toLowerCase();
  if (stays) {
    return steps;
  }
  if (from.kind !== 'array') {
    steps.push({
      from: renamed,
      to: ownName,
      forth: () => array.volumes.move(renamed, { kind: 'array' }),
      back: () => array.volumes.move(ownName, from),
    });
  }
  if (group !== null) {
    const container = { kind: 'volume-group', name: group.name } as const;
    const inside = nameIn(container, ownName);
    steps.push({
      from: ownName,
      to: inside,
      forth: () => volumeGroups.inside(group, () => array.volumes.move(ownName, container)),
      back: () => array.volumes.move(inside, { kind: 'array' }),
    });
  }
  return steps;
}

/** @param done how many of the steps an earlier try has done */
async function perform(request: ManageVolumeRequest, steps: readonly Step[], done: number): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (index < done) {
      continue;
    }
    try {
      await step.forth();
    } catch (error) {
      const applied = isArrayError(error) && error.applied === 'unknown';
      await takeBack(request, steps.slice(0, applied ? index + 1 : index));
      throw arrayFailure(`Renaming volume ${step.from} to ${step.to}`, error, { nothingMade: !applied });
    }
  }
}

/**
 * In reverse; where the array refuses a step back the volume keeps a name that says whose it was to be, which is told.
 * @throws DriverError about trouble that may pass: the next try finds the volume under whatever name it has
 */
async function takeBack({ array, logger }: ManageVolumeRequest, steps: readonly Step[]): Promise<void> {
  for (const step of steps.toReversed()) {
    try {
      await step.back();
    } catch (error) {
      if (isArrayError(error, 'not-found')) {
        continue;
      }
      if (isTransient(error)) {
        throw arrayFailure(`Renaming volume ${step.to} back to ${step.from}`, error);
      }
      logger.error(
        {
          volume: step.to,
          array: array.identity.name,
          reason: error instanceof Error ? error.message : String(error),
        },
        'a volume that could not be managed could not get its old name back',
      );
      return;
    }
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
      if (isArrayError(error, 'not-found')) {
        logger.warn({ volume: name }, 'the volume to unmanage is not on the array');
        return;
      }
      if (!isArrayError(error, 'already-exists', 'destroyed') || attempt === attempts) {
        throw arrayFailure(`Renaming volume ${name} to ${newName}`, error);
      }
    }
  }
}
