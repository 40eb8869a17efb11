import { type Bytes, gibibytesToBytes, type Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError, type QosLimits, type Volume } from '@cinder-flasharray/flasharray';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError, isTransient } from '../contract/driver-error.ts';
import type { DriverVolume } from '../contract/records.ts';
import { type VolumeTags, writeTags } from '../tags/volume-tags.ts';
import { requireFeatures } from '../volume-types/array-features.ts';
import type { TypeSettings } from '../volume-types/type-settings.ts';

/** Where a new volume's content comes from. */
export type VolumeOrigin =
  | { readonly kind: 'empty' }
  /** A volume of the array. */
  | { readonly kind: 'volume'; readonly name: string }
  /** A snapshot of the array, and the volume it was taken of. */
  | { readonly kind: 'snapshot'; readonly name: string; readonly volume: string };

export interface CreateVolumeRequest {
  readonly array: FlashArray;
  readonly logger: Logger;
  readonly volume: DriverVolume;
  /** The name the volume gets. */
  readonly name: string;
  readonly origin: VolumeOrigin;
  readonly defaultProtection: boolean;
  readonly settings: TypeSettings;
  readonly volumeGroups: VolumeGroupKeeper;
  /** Protection groups that it joins: those of its consistency group and of its replication. */
  readonly protectionGroups: readonly string[];
  readonly tags: VolumeTags;
}

/**
 * Makes the array's volume, or takes up what an earlier try of the same request made. Two rounds: create or copy;
 * then tags, limits of a copy and, where the volume is larger than its source, extend. One more for a volume group.
 */
export async function createVolume(request: CreateVolumeRequest): Promise<Volume> {
  const { array, logger, volume, name, settings } = request;
  requireFeatures(array, settings);
  const size = gibibytesToBytes(volume.size);
  const made = await makeInContainer(request, size);
  const [extended] = await Promise.all([
    completed(request, size, made),
    writeTags(array, logger, name, request.tags),
  ]);
  return extended;
}

function makeInContainer(request: CreateVolumeRequest, size: Bytes): Promise<Volume> {
  const { settings, volumeGroups, name } = request;
  const group = settings.volumeGroup;
  if (group === null) {
    return make(request, size);
  }
  return volumeGroups
    .inside(group, () => attempt(request, size))
    .catch(async (error: unknown) => {
      throw isArrayError(error)
        ? arrayFailure(`Creating volume ${name}`, error, { nothingMade: await provenAbsent(request, error) })
        : error;
    });
}

async function make(request: CreateVolumeRequest, size: Bytes): Promise<Volume> {
  try {
    return await attempt(request, size);
  } catch (error) {
    throw arrayFailure(`Creating volume ${request.name}`, error, {
      nothingMade: await provenAbsent(request, error),
    });
  }
}

async function attempt(request: CreateVolumeRequest, size: Bytes): Promise<Volume> {
  const { array, name, origin, defaultProtection, settings } = request;
  try {
    return origin.kind === 'empty'
      ? await array.volumes.create({
          name,
          size,
          defaultProtection,
          ...(isUnlimited(settings.qos) ? {} : { qos: settings.qos }),
        })
      : await array.volumes.copy({ name, source: origin.name, defaultProtection });
  } catch (error) {
    if (isArrayError(error, 'already-exists')) {
      return await adopt(request, size, error);
    }
    throw error;
  }
}

/**
 * A copy has its source's size, and may have its source's limits: both are put right. A volume of a consistency group
 * or with asynchronous replication joins its protection group. All in one round.
 */
async function completed(request: CreateVolumeRequest, size: Bytes, made: Volume): Promise<Volume> {
  const { array, name, origin, settings, protectionGroups } = request;
  const isCopy = origin.kind !== 'empty';
  const [extended, ...others] = await Promise.allSettled([
    isCopy && made.size < size ? array.volumes.extend(name, size) : Promise.resolve(made),
    isCopy ? array.volumes.setQos(name, settings.qos) : Promise.resolve(),
    ...protectionGroups.map((group) =>
      array.protectionGroups.changeVolumes(group, { add: [name], remove: [] }),
    ),
  ]);
  const failed = [extended, ...others].find((outcome) => outcome.status === 'rejected');
  if (extended.status === 'fulfilled' && failed === undefined) {
    return extended.value;
  }
  // What may be only a moment's trouble is tried again, and finds the volume; a destroyed one would be in its way.
  if (!isTransient(failed?.reason)) {
    await destroyUseless(request);
  }
  throw arrayFailure(`Setting up the new volume ${name}`, failed?.reason);
}

/**
 * A refusal proves that this call made nothing, not that an earlier one did not: only the array's word that there is
 * no such volume proves that.
 */
async function provenAbsent({ array, name }: CreateVolumeRequest, error: unknown): Promise<boolean> {
  if (!isArrayError(error) || error.applied !== 'no') {
    return false;
  }
  try {
    return (await array.volumes.find(name)).kind === 'absent';
  } catch (lookup) {
    if (isArrayError(lookup)) {
      return false;
    }
    throw lookup;
  }
}

/** Our name is taken: by an earlier try of this very request, or by somebody else's volume, which is left alone. */
async function adopt(request: CreateVolumeRequest, size: Bytes, refusal: Error): Promise<Volume> {
  const { array, name, origin } = request;
  const doing = `Creating volume ${name}`;
  try {
    const state = await array.volumes.find(name);
    switch (state.kind) {
      case 'absent':
        throw new DriverError('array', `${doing} failed: ${refusal.message} It has vanished since.`, {
          cause: refusal,
          nothingMade: true,
        });
      case 'destroyed':
        throw new DriverError(
          'name-taken',
          `${doing} failed: a destroyed volume of that name is pending eradication on array ${array.identity.name}.`,
          { cause: refusal },
        );
      case 'live': {
        const difference = await differenceFromRequest(request, size, state.volume);
        if (difference !== null) {
          throw new DriverError(
            'name-taken',
            `${doing} failed: array ${array.identity.name} has another volume of that name, which ${difference.text}.`,
            { cause: refusal, nothingMade: !difference.isOurs },
          );
        }
        return state.volume;
      }
    }
  } catch (error) {
    throw arrayFailure(`${doing}, origin ${origin.kind}`, error);
  }
}

/** How a volume of our name is another one than that of the request. */
interface Difference {
  /** Goes on `a volume, which ...`. */
  readonly text: string;
  /** Its name and its source say that an earlier try made it: then it is not forgotten. */
  readonly isOurs: boolean;
}

/** Null when the volume is what an earlier try of the request would have made. */
async function differenceFromRequest(
  { array, name, origin }: CreateVolumeRequest,
  size: Bytes,
  found: Volume,
): Promise<Difference | null> {
  const connections = await array.connections.list({ volume: name });
  if (connections.length > 0) {
    return { text: 'is connected', isOurs: false };
  }
  if (origin.kind === 'empty') {
    if (found.source !== null) {
      return { text: `is a copy of ${found.source}`, isOurs: false };
    }
    return found.size === size ? null : { text: `has ${found.size} bytes instead of ${size}`, isOurs: false };
  }
  const expectedSource = origin.kind === 'volume' ? origin.name : origin.volume;
  if (found.source !== expectedSource) {
    return {
      text:
        found.source === null ? 'is no copy' : `is a copy of ${found.source} instead of ${expectedSource}`,
      isOurs: false,
    };
  }
  if (found.size === size) {
    return null;
  }
  const sourceSize = await sizeOfOrigin(array, origin);
  // A source may have grown since an earlier try copied it; none shrinks.
  return sourceSize !== null && found.size <= sourceSize
    ? null
    : { text: `has ${found.size} bytes instead of ${size}`, isOurs: true };
}

async function sizeOfOrigin(
  array: FlashArray,
  origin: Exclude<VolumeOrigin, { readonly kind: 'empty' }>,
): Promise<Bytes | null> {
  if (origin.kind === 'volume') {
    const source = await array.volumes.find(origin.name);
    return source.kind === 'live' ? source.volume.size : null;
  }
  const source = await array.snapshots.find(origin.name);
  return source.kind === 'live' ? source.snapshot.size : null;
}

/**
 * A volume of the wrong size, without its limits or its group is of no use: it is destroyed, never eradicated. The array
 * may refuse that: whoever deletes the volume in error tries it again.
 * @throws DriverError about trouble that may pass: the next try comes here again
 */
async function destroyUseless({
  array,
  logger,
  name,
  settings,
  volumeGroups,
}: CreateVolumeRequest): Promise<void> {
  try {
    await array.volumes.destroy(name);
  } catch (cleanup) {
    if (isTransient(cleanup)) {
      throw arrayFailure(`Destroying the incomplete volume ${name}`, cleanup);
    }
    logger.warn(
      { volume: name, error: cleanup instanceof Error ? cleanup : new Error(String(cleanup)) },
      'could not destroy a new volume that could not be completed',
    );
  }
  if (settings.volumeGroup !== null) {
    await volumeGroups.destroyIfEmpty(settings.volumeGroup.name);
  }
}

function isUnlimited({ iops, bytesPerSecond }: QosLimits): boolean {
  return iops === null && bytesPerSecond === null;
}
