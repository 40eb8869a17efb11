import { type FlashArray, unlimited } from '@cinder-flasharray/flasharray';
import { relocate, wayBetween } from '../containers/relocate.ts';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import {
  arrayFailure,
  DriverError,
  isTransient,
  leavingVolumeAt,
  losingVolume,
} from '../contract/driver-error.ts';
import { nameIn, parseArrayName } from '../names/array-name.ts';
import { isSame } from '../names/same-name.ts';
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
async function inItsContainer(request: RetypeRequest): Promise<string> {
  const { array, volumeGroups, name, settings } = request;
  const target = nameUnder(name, settings);
  if (target === name) {
    if (settings.volumeGroup !== null) {
      await volumeGroups.inside(settings.volumeGroup, async () => undefined);
    }
    return name;
  }
  const way = wayBetween({ array, volumeGroups, volumeGroup: settings.volumeGroup }, name, target);
  // An earlier try may have moved it: then the array has no volume of the old name, and it is looked for.
  const relocation = await relocate(array, way, { station: 0, name });
  if (relocation.kind === 'stopped') {
    const failure = arrayFailure(`Retyping volume ${name}`, relocation.error);
    const at = relocation.at?.name ?? null;
    throw at === null ? losingVolume(failure) : at === name ? failure : leavingVolumeAt(failure, at);
  }
  return relocation.name;
}

/**
 * The full name that a volume has in the volume group of a type, or outside of any.
 * @throws DriverError `invalid-volume-type` before anything is made
 */
export function nameUnder(name: string, { volumeGroup }: TypeSettings): string {
  const { own, pod, volumeGroup: from } = parseArrayName(name);
  if (volumeGroup === null) {
    return from === null ? name : own;
  }
  if (pod !== null) {
    throw new DriverError(
      'invalid-volume-type',
      `Volume ${name} is in a pod and cannot join volume group ${volumeGroup.name}.`,
      { nothingMade: true },
    );
  }
  return from !== null && isSame(from, volumeGroup.name)
    ? name
    : nameIn({ kind: 'volume-group', name: volumeGroup.name }, own);
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
    const way = wayBetween({ array, volumeGroups, volumeGroup: null }, newName, name);
    const back = await relocate(array, way, { station: 0, name: newName });
    if (back.kind === 'stopped') {
      const at = back.at?.name ?? null;
      throw new DriverError(
        'array',
        `Retyping volume ${name} failed, and it could not be moved back: it is now ${at ?? 'an unknown place'} on array ${array.identity.name}. ` +
          `${arrayFailure('Setting its limits', error).message} ${arrayFailure('Moving it back', back.error).message}`,
        {
          cause: isTransient(back.error) ? back.error : error,
          ...(at === null ? { volumeLost: true } : { volumeName: at }),
        },
      );
    }
    isBack(name);
    if (settings.volumeGroup !== null) {
      await volumeGroups.destroyIfEmpty(settings.volumeGroup.name);
    }
    throw error;
  }
}
