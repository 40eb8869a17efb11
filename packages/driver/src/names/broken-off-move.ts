import { DriverError } from '../contract/driver-error.ts';
import type { DriverVolume, DriverVolumeType } from '../contract/records.ts';
import type { BrokenOffMove } from '../contract/volume-driver.ts';
import { volumeGroupOf } from '../volume-types/type-settings.ts';
import { nameIn, nameInPod, parseArrayName } from './array-name.ts';
import { referencedName } from './existing-reference.ts';

/** The pods that volumes of a back end move through. */
export interface PodNames {
  /** Of synchronous replication. */
  readonly pod: string;
  /** What the name of a volume's temporary pod begins with. */
  readonly ghostPod: string;
}

/**
 * Full names that a volume can have after a move that was broken off, likeliest first.
 * @param known the one on record
 * @param pods null: the back end has none
 */
export function namesAfterMove(
  volume: DriverVolume,
  known: string,
  { otherTypes, reference }: BrokenOffMove,
  pods: PodNames | null,
): readonly string[] {
  const { own } = parseArrayName(known);
  const names = [
    known,
    ...(pods === null ? [] : [nameInPod(`${pods.ghostPod}-${volume.id}`, own), nameInPod(pods.pod, own)]),
    own,
    ...volumeGroupNames(known, [volume.type, ...otherTypes]).map((name) =>
      nameIn({ kind: 'volume-group', name }, own),
    ),
    // What is taken over gets its own name first, where it is.
    ...(reference === null
      ? []
      : [nameIn(parseArrayName(referencedName(reference, 'volume')).container, own)]),
  ];
  return [...new Set(names)];
}

/**
 * Volume groups that a volume can be in.
 * @param name its full name; null: nothing is known of it
 * @param types that it has, or was to get
 */
export function volumeGroupNames(
  name: string | null,
  types: readonly (DriverVolumeType | null)[],
): readonly string[] {
  const named = [name === null ? null : parseArrayName(name).volumeGroup, ...types.map(groupNameOf)];
  return [...new Set(named.filter((group) => group !== null))];
}

/** Null as well for a type that asks for what cannot be had: no volume ever got it. */
function groupNameOf(type: DriverVolumeType | null): string | null {
  try {
    return volumeGroupOf(type)?.name ?? null;
  } catch (error) {
    if (error instanceof DriverError && error.code.startsWith('invalid-')) {
      return null;
    }
    throw error;
  }
}
