import {
  type FlashArray,
  isArrayError,
  unlimited,
  type VolumeContainer,
} from '@cinder-flasharray/flasharray';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError, isTransient, leavingVolumeAt } from '../contract/driver-error.ts';
import { nameIn, parseArrayName } from '../names/array-name.ts';
import { requireFeatures } from '../volume-types/array-features.ts';
import type { TypeSettings } from '../volume-types/type-settings.ts';

export interface RetypeRequest {
  readonly array: FlashArray;
  readonly volumeGroups: VolumeGroupKeeper;
  /** Full name that the caller knows the volume by. */
  readonly before: string;
  /** Full name the volume has, or had before an earlier try moved it. */
  readonly name: string;
  readonly settings: TypeSettings;
}

/**
 * Gives a volume the limits or the volume group of a type. Everything is checked before anything is changed; a volume
 * that was moved is moved back when its limits are refused. Can be repeated wherever it stopped.
 * @returns the volume's full name
 * @throws DriverError whose `volumeName` tells where the volume is when that is not where the caller knows it to be
 */
export async function retypeVolume(request: RetypeRequest): Promise<string> {
  const { array, volumeGroups, before, name, settings } = request;
  let at = name;
  try {
    requireFeatures(array, settings);
    at = await inItsContainer(request);
    await limitOrMoveBack(request, at, (back) => {
      at = back;
    });
    // What it left, in this try or in one before.
    for (const group of new Set([before, name].map((known) => parseArrayName(known).volumeGroup))) {
      if (group !== null && group.toLowerCase() !== settings.volumeGroup?.name.toLowerCase()) {
        await volumeGroups.destroyIfEmpty(group);
      }
    }
    return at;
  } catch (error) {
    const failure = arrayFailure(`Retyping volume ${name}`, error);
    throw at === before ? failure : leavingVolumeAt(failure, at);
  }
}

/** @returns the volume's full name in the volume group of its type, or outside of any */
async function inItsContainer({ array, volumeGroups, name, settings }: RetypeRequest): Promise<string> {
  const { own, pod, volumeGroup: from } = parseArrayName(name);
  const to = settings.volumeGroup;
  if (to === null) {
    return from === null ? name : await moved(array, name, { kind: 'array' }, own);
  }
  if (pod !== null) {
    throw new DriverError(
      'invalid-volume-type',
      `Volume ${name} is in a pod and cannot join volume group ${to.name}.`,
      { nothingMade: true },
    );
  }
  if (from?.toLowerCase() === to.name.toLowerCase()) {
    await volumeGroups.inside(to, async () => undefined);
    return name;
  }
  const container = { kind: 'volume-group', name: to.name } as const;
  return await volumeGroups.inside(to, () => moved(array, name, container, nameIn(container, own)));
}

/** Moves a volume, unless an earlier try has done so. @returns its new name */
async function moved(array: FlashArray, name: string, to: VolumeContainer, newName: string): Promise<string> {
  try {
    await array.volumes.move(name, to);
  } catch (error) {
    // Where the answer was lost, only a look tells where it is now.
    const isOpen = isArrayError(error, 'not-found') || (isArrayError(error) && error.applied === 'unknown');
    if (!isOpen || (await array.volumes.find(newName)).kind !== 'live') {
      throw error;
    }
  }
  return newName;
}

/** In a volume group the group limits; a limit of the volume's own would come on top. */
async function limitOrMoveBack(
  { array, volumeGroups, name, settings }: RetypeRequest,
  newName: string,
  isBack: (name: string) => void,
): Promise<void> {
  if (newName === name && settings.volumeGroup !== null) {
    return;
  }
  try {
    await array.volumes.setQos(newName, settings.volumeGroup === null ? settings.qos : unlimited);
  } catch (error) {
    // After trouble that may pass the next try goes on from there.
    if (newName === name || isTransient(error)) {
      throw error;
    }
    try {
      await array.volumes.move(newName, parseArrayName(name).container);
    } catch (second) {
      throw new DriverError(
        'array',
        `Retyping volume ${name} failed, and it could not be moved back: it is now ${newName} on array ${array.identity.name}. ` +
          `${arrayFailure('Setting its limits', error).message} ${arrayFailure('Moving it back', second).message}`,
        { cause: isTransient(second) ? second : error, volumeName: newName },
      );
    }
    isBack(name);
    if (settings.volumeGroup !== null) {
      await volumeGroups.destroyIfEmpty(settings.volumeGroup.name);
    }
    throw error;
  }
}
