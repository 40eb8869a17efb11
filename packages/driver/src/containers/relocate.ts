import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import { nameIn, parseArrayName } from '../names/array-name.ts';
import { isSame } from '../names/same-name.ts';
import type { TypeSettings } from '../volume-types/type-settings.ts';
import type { VolumeGroupKeeper } from './volume-groups.ts';

/** A place on the way of a volume, and how it comes there from the one before. */
export interface Station {
  /** Full names that it can have there; the first one when it has come from the station before. */
  readonly names: readonly [string, ...string[]];
  /** Everything that the step needs besides is made first; each of it can be done again. */
  readonly enter: (from: string) => Promise<void>;
}

/** Where a volume is on its way. */
export interface Stop {
  /** Index of the station. */
  readonly station: number;
  /** Full name. */
  readonly name: string;
}

export type Relocation =
  | { readonly kind: 'arrived'; readonly name: string }
  | {
      readonly kind: 'stopped';
      readonly error: unknown;
      /** Null: nobody knows, because it could not be looked for, or was not there. */
      readonly at: Stop | null;
    };

/** @returns where the volume is; null: at none of the stations. Where it was last is where it most likely is. */
export async function locate(
  array: FlashArray,
  stations: readonly Station[],
  known: string,
): Promise<Stop | null> {
  const stops = stations.flatMap(({ names }, station) => names.map((name): Stop => ({ station, name })));
  const likelyFirst = stops.toSorted(
    (one, other) => Number(isSame(other.name, known)) - Number(isSame(one.name, known)),
  );
  for (const stop of likelyFirst) {
    if ((await array.volumes.find(stop.name)).kind === 'live') {
      return stop;
    }
  }
  return null;
}

/**
 * Moves a volume on to the last station. After a step that failed it looks where the volume is: a move can be taken up
 * wherever it stopped, and where only the last reply was lost it has ended well.
 */
export async function relocate(
  array: FlashArray,
  stations: readonly Station[],
  start: Stop,
): Promise<Relocation> {
  let at = start;
  try {
    for (const [station, { names, enter }] of stations.entries()) {
      if (station > at.station) {
        await enter(at.name);
        at = { station, name: names[0] };
      }
    }
    return { kind: 'arrived', name: at.name };
  } catch (error) {
    return await stopped(array, stations, at.name, error);
  }
}

async function stopped(
  array: FlashArray,
  stations: readonly Station[],
  last: string,
  error: unknown,
): Promise<Relocation> {
  try {
    const at = await locate(array, stations, last);
    return at?.station === stations.length - 1
      ? { kind: 'arrived', name: at.name }
      : { kind: 'stopped', error, at };
  } catch (lookup) {
    if (!isArrayError(lookup)) {
      throw lookup;
    }
    return { kind: 'stopped', error: lookup, at: null };
  }
}

export interface WayRequest {
  readonly array: FlashArray;
  readonly volumeGroups: VolumeGroupKeeper;
  /** The volume group of a type, which is made when a volume comes. Others are there, or are not. */
  readonly volumeGroup: TypeSettings['volumeGroup'];
}

/**
 * The way between two full names outside of stretched pods. On it the volume has its own name, which has the UUID of its
 * record: whoever finds it half way knows whose it is. Into and out of a pod it goes by way of the array.
 * @param own default: that of the name at its end
 */
export function wayBetween(
  request: WayRequest,
  from: string,
  to: string,
  own = parseArrayName(to).own,
): readonly Station[] {
  const [start, end] = [parseArrayName(from).container, parseArrayName(to).container];
  const passesArray =
    nameIn(start, own) !== nameIn(end, own) && [start, end].some(({ kind }) => kind === 'pod');
  const names =
    from === to ? [from] : [from, nameIn(start, own), ...(passesArray ? [own] : []), nameIn(end, own), to];
  return [...new Set(names)].map((name) => ({
    names: [name],
    enter: (before) => step(request, before, name),
  }));
}

async function step(
  { array, volumeGroups, volumeGroup }: WayRequest,
  from: string,
  to: string,
): Promise<void> {
  const { container } = parseArrayName(to);
  if (nameIn(parseArrayName(from).container, '') === nameIn(container, '')) {
    await array.volumes.rename(from, to);
  } else if (
    volumeGroup !== null &&
    container.kind === 'volume-group' &&
    isSame(container.name, volumeGroup.name)
  ) {
    await volumeGroups.inside(volumeGroup, () => array.volumes.move(from, container));
  } else {
    await array.volumes.move(from, container);
  }
}
