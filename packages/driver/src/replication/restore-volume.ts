import { gibibytesToBytes, type Logger } from '@cinder-flasharray/common';
import { type FlashArray, type QosLimits, unlimited, type Volume } from '@cinder-flasharray/flasharray';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, isTransient } from '../contract/driver-error.ts';
import type { DriverVolume } from '../contract/records.ts';
import { parseArrayName } from '../names/array-name.ts';
import { type TypeSettings, typeSettings } from '../volume-types/type-settings.ts';
import type { Overwritten } from './overwritten.ts';
import type { Patience } from './patience.ts';

/** The array that copies become volumes on. */
export interface RestoreTarget {
  readonly array: FlashArray;
  readonly volumeGroups: VolumeGroupKeeper;
  readonly patience: Patience;
  readonly overwritten: Overwritten;
  readonly logger: Logger;
}

export interface RestoreSource {
  /** `source:group.12.volume`. */
  readonly source: string;
  /** `source:group.12`. */
  readonly copy: string;
}

/**
 * Makes a volume from its copy, or overwrites what is there, of which a snapshot is kept. It gets the size of its record:
 * it may have grown since the copy was made. Limits that are refused are told, and cost it nothing.
 * @param name full name
 * @throws ArrayError
 */
export async function restoreVolume(
  { array, volumeGroups, patience, overwritten, logger }: RestoreTarget,
  volume: DriverVolume,
  name: string,
  { source, copy }: RestoreSource,
): Promise<void> {
  const withoutLimits = (error: unknown): void => {
    const failure = arrayFailure(`Setting the limits of volume ${name}`, error);
    logger.error(
      { volume: volume.id, array: array.identity.name, error: failure },
      'a volume failed over without the limits of its type',
    );
  };
  const settings = settingsOf(volume, withoutLimits);
  const group = groupOf(name, settings);
  const put = async (): Promise<Volume> => {
    const state = await array.volumes.find(name);
    if (state.kind === 'absent') {
      // The array refuses default protection together with an overwrite, and a copy onto a name that is taken.
      return await array.volumes.copy({ name, source, defaultProtection: false });
    }
    if (state.kind === 'destroyed') {
      await array.volumes.recover(name);
    }
    await overwritten.keep(name, copy);
    return await array.volumes.overwrite(name, source);
  };
  const putInside = async (): Promise<Volume> => {
    if (group === null) {
      return await put();
    }
    try {
      return await volumeGroups.inside(group, put);
    } catch (error) {
      if (isTransient(error) || isUnlimited(group.qos)) {
        throw error;
      }
      // Where that was for the limits, it goes without.
      const made = await volumeGroups.inside({ ...group, qos: unlimited }, put);
      withoutLimits(error);
      return made;
    }
  };
  const made = await patience.through(putInside);
  const size = gibibytesToBytes(volume.size);
  if (made.size < size) {
    await patience.through(() => array.volumes.extend(name, size));
  }
  const qos = settings?.qos ?? unlimited;
  if (isUnlimited(qos)) {
    return;
  }
  try {
    await patience.through(() => array.volumes.setQos(name, qos));
  } catch (error) {
    // Its data is what counts now.
    withoutLimits(error);
  }
}

function isUnlimited({ iops, bytesPerSecond }: QosLimits): boolean {
  return iops === null && bytesPerSecond === null;
}

/** Null: they are not valid, which must not cost the volume its copy. */
function settingsOf({ type, size }: DriverVolume, isInvalid: (error: unknown) => void): TypeSettings | null {
  try {
    return typeSettings(type, size);
  } catch (error) {
    isInvalid(error);
    return null;
  }
}

/** The volume group that a volume's name says, with the limits of its type where that is its type's. */
function groupOf(name: string, settings: TypeSettings | null): { name: string; qos: QosLimits } | null {
  const group = parseArrayName(name).volumeGroup;
  const ofType = settings?.volumeGroup ?? null;
  return group === null
    ? null
    : group.toLowerCase() === ofType?.name.toLowerCase()
      ? ofType
      : { name: group, qos: unlimited };
}
