import {
  type FlashArray,
  isArrayError,
  unlimited,
  type VolumeContainer,
} from '@cinder-flasharray/flasharray';
import { type VolumeGroupKeeper, volumeGroupIn } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import { requireFeatures } from '../volume-types/array-features.ts';
import type { TypeSettings } from '../volume-types/type-settings.ts';

export interface RetypeRequest {
  readonly array: FlashArray;
  readonly volumeGroups: VolumeGroupKeeper;
  /** Full name the volume has, or had before an earlier try moved it. */
  readonly name: string;
  readonly settings: TypeSettings;
  /** Eradicate volume groups that become empty. */
  readonly eradicate: boolean;
}

/**
 * Gives a volume the limits or the volume group of a type. Everything is checked before anything is changed; a volume
 * that was moved is moved back when its limits cannot be set.
 * @returns the volume's full name
 * @throws DriverError whose `volumeName` tells where the volume is when that is neither here nor there
 */
export async function retypeVolume(request: RetypeRequest): Promise<string> {
  const { array, volumeGroups, name, settings, eradicate } = request;
  requireFeatures(array, settings);
  const from = volumeGroupIn(name);
  const to = settings.volumeGroup;
  const doing = `Retyping volume ${name}`;
  if (name.includes('::') && to !== null) {
    throw new DriverError(
      'invalid-volume-type',
      `Volume ${name} is in a pod and cannot join volume group ${to.name}.`,
      { nothingMade: true },
    );
  }
  try {
    if (to !== null && from?.toLowerCase() === to.name.toLowerCase()) {
      await volumeGroups.inside(to, async () => undefined);
      return name;
    }
    if (to === null && from === null) {
      await array.volumes.setQos(name, settings.qos);
      return name;
    }
    const own = name.slice(name.lastIndexOf('/') + 1);
    const newName = to === null ? own : `${to.name}/${own}`;
    if (to === null) {
      await moved(array, name, { kind: 'array' }, newName);
    } else {
      await volumeGroups.inside(to, () =>
        moved(array, name, { kind: 'volume-group', name: to.name }, newName),
      );
    }
    await limitOrMoveBack(request, newName, from);
    if (from !== null) {
      await volumeGroups.destroyIfEmpty(from, eradicate);
    }
    return newName;
  } catch (error) {
    throw arrayFailure(doing, error);
  }
}

/** Moves a volume, unless an earlier try has done so. */
async function moved(array: FlashArray, name: string, to: VolumeContainer, newName: string): Promise<void> {
  try {
    await array.volumes.move(name, to);
  } catch (error) {
    const done = isArrayError(error, 'not-found') && (await array.volumes.find(newName)).kind === 'live';
    if (!done) {
      throw error;
    }
  }
}

/** In a volume group the group limits; a limit of the volume's own would come on top. */
async function limitOrMoveBack(
  { array, name, settings }: RetypeRequest,
  newName: string,
  from: string | null,
): Promise<void> {
  try {
    await array.volumes.setQos(newName, settings.volumeGroup === null ? settings.qos : unlimited);
  } catch (error) {
    try {
      await array.volumes.move(
        newName,
        from === null ? { kind: 'array' } : { kind: 'volume-group', name: from },
      );
    } catch (second) {
      throw new DriverError(
        'array',
        `Retyping volume ${name} failed, and it could not be moved back: it is now ${newName} on array ${array.identity.name}. ` +
          `${arrayFailure('Setting its limits', error).message} ${arrayFailure('Moving it back', second).message}`,
        { cause: error, volumeName: newName },
      );
    }
    throw error;
  }
}
